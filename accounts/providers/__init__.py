"""What others made for proving who somebody is: hashes, one-time codes, sealed secrets."""
