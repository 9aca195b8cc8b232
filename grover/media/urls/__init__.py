"""The routes of media: those of the API and those of the files."""
