"""What people do with content, a module per noun."""
