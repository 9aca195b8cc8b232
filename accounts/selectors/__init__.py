"""What is read of accounts, a module per noun."""
