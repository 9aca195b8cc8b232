"""What is read of content, a module per noun."""
