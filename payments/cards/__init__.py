"""What payments shows, a module per noun."""
