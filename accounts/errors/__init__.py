"""The refusals of accounts."""
