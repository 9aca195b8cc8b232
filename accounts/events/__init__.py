"""What accounts tells."""
