"""Grover: the back end of a social platform for creators."""
