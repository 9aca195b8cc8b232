"""What is read of money, a module per noun."""
