"""The history of Django's contenttypes tables on MongoDB."""
