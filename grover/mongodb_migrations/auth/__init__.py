"""The history of Django's auth tables on MongoDB."""
