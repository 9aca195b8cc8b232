"""What clients send about money, a module per noun."""
