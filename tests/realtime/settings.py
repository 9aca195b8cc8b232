"""The settings of servers that tests of sockets start: the product's, with cheap hashes and no hurry."""

import datetime as dt
import os

from grover.settings import *  # noqa: F403
from grover.settings import CHANNEL_LAYERS

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
RATE_LIMIT_FACTOR = 10_000
SEAT_LASTS = dt.timedelta(seconds=float(os.environ.get("TEST_SEAT_SECONDS", "45")))

if "TEST_DROPPED" in os.environ:
    CHANNEL_LAYERS["default"]["BACKEND"] = "tests.realtime.layers.ForgetfulLayer"
    CHANNEL_LAYERS["default"]["CONFIG"]["dropped"] = float(os.environ["TEST_DROPPED"])
