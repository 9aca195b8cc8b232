"""How the server is run: its health, metrics and documentation, and the commands of those who run it."""
