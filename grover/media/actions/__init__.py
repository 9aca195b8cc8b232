"""What happens to uploads: taken in, processed, attached, deleted; a module each."""
