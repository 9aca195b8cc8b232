"""The REST views of content, a module per noun."""
