"""Files on the disk of this server, the storage when no provider is set."""

from django.core.files.storage import FileSystemStorage


class DiskStorage(FileSystemStorage):
    """Django's own, but for how an address is made: a feed makes dozens of them.

    The names of uploads are ours, an id and a plain word, so there is nothing in them to be quoted.
    """

    def url(self, name: str | None) -> str:
        """Give the address of a file."""
        return f"{self.base_url}{name}"
