"""The settings of the product, but for what tests need otherwise: cheap hashes, files of their own."""

import os
import tempfile
from pathlib import Path

from grover.core import logs
from grover.settings import *  # noqa: F403
from grover.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
RATE_LIMIT_FACTOR = 10_000
SANDBOX_WEBHOOK_URL = ""
WHITENOISE_AUTOREFRESH = True  # or every client of a test would read the hundreds of static files first

SCRATCH = Path(tempfile.gettempdir()) / f"grover-tests-{os.getuid()}"
SCRATCH.mkdir(exist_ok=True)
MEDIA_ROOT = SCRATCH / f"media-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}"
LOGGING = logs.configuration("json", "CRITICAL")

if "sqlite3" in DATABASES["default"]["ENGINE"]:  # in memory, threads would lock each other out
    DATABASES["default"]["TEST"] = {"NAME": str(SCRATCH / f"test-{os.getpid()}.sqlite3")}
