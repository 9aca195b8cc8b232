"""The REST views of accounts, a module per noun."""
