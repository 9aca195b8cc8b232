"""What people publish: posts, comments, reactions, saves and the home feed."""
