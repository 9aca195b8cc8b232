"""What is done with money, a module per noun."""
