"""Payments over REST, a module per noun."""
