"""Who may do what with content, and what is worth showing first."""
