"""The facts of payments, a module per noun."""
