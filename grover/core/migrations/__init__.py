"""The history of the core's tables."""
