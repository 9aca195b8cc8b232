"""The settings of servers that tests of sockets start: the product's, with cheap hashes and no hurry."""

import datetime as dt
import os

from grover.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
RATE_LIMIT_FACTOR = 10_000
SEAT_LASTS = dt.timedelta(seconds=float(os.environ.get("TEST_SEAT_SECONDS", "45")))
