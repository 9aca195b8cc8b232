"""What clients see of accounts."""
