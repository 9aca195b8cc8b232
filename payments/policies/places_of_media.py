"""What uploads hang on that are shown or sold with a product, as the media app writes it."""

import uuid

PICTURES, FILE = "product", "product_file"


def place_of_pictures(product_id: uuid.UUID) -> str:
    """Name what the pictures of a product hang on."""
    return f"{PICTURES}:{product_id}"


def place_of_file(product_id: uuid.UUID) -> str:
    """Name what the file of a product hangs on."""
    return f"{FILE}:{product_id}"
