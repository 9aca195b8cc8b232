"""The settings of the product, with the routes and tasks of the probes."""

from grover.settings import *  # noqa: F403
from grover.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.operations.probes"]
ROOT_URLCONF = "tests.operations.probes.urls"
