"""The people of these tests, and where they talk."""

from tests.factories.cast import ada, bob, eve
from tests.factories.talk import group, talk

__all__ = ["ada", "bob", "eve", "group", "talk"]
