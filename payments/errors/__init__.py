"""The refusals of payments, a module per noun."""
