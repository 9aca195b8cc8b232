"""The history of Django's admin tables on MongoDB."""
