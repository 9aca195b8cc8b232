"""Ask an address and fail unless it answers 2xx, for images without curl: `probe.py URL`."""

import sys
import urllib.request

with urllib.request.urlopen(sys.argv[1], timeout=2) as answer:
    sys.exit(0 if 200 <= answer.status < 300 else 1)
