"""What people do with accounts, a module per noun."""
