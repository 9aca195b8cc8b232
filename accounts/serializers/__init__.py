"""What clients send to accounts."""
