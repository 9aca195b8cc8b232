"""The views of media: its REST operations, and the files themselves."""
