"""How large the long proofs are: short in every run, whole with `make proof`."""

import os
from typing import TypeVar

T = TypeVar("T")

IS_WHOLE = os.environ.get("PROOF") == "whole"


def size(*, short: T, whole: T) -> T:
    """Choose the size of a proof."""
    return whole if IS_WHOLE else short
