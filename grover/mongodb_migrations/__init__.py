"""Migrations of Django's own apps for MongoDB, which has other automatic ids than they assume.

Each app has one, called like the last that Django ships, so that our own migrations depend on it by the
same name on every database.
"""
