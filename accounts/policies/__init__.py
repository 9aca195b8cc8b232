"""Who may do what with accounts, a module per noun."""
