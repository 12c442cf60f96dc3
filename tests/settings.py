"""The settings that tests run under: the real ones, with folders and cache keys of their own."""

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

os.environ["DATABASE_ROLE"] = "owner"

from voicecompliance.settings import *  # noqa: F403
from voicecompliance.settings import CACHES, DATABASES

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
DATABASES["default"]["CONN_MAX_AGE"] = 0
# A Redis database for each worker: clearing one's cache must not clear another's.
_number = 2 + int(_worker[2:]) if _worker.startswith("gw") else 1
CACHES["default"]["LOCATION"] = re.sub(
    r"(/|db=)1$", rf"\g<1>{_number}", CACHES["default"]["LOCATION"]
)
BLOB_ROOT = Path(tempfile.mkdtemp(prefix="vc-test-blobs-"))
atexit.register(shutil.rmtree, BLOB_ROOT, ignore_errors=True)
STORAGES["blobs"]["OPTIONS"]["location"] = BLOB_ROOT  # noqa: F405
CELERY_TASK_DEFAULT_QUEUE = f"test-{_worker}"
# Argon2 is the real hasher and slow by design; sign-in tests put it back.
PASSWORD_HASHERS = ["tests.hashers.QuickArgon2"]
# Whatever the shell names: tests publish where they say so.
AUDIT_PUBLISHERS = []
OUTBOUND_ALLOW_LOOPBACK = False
# Tests that go through every route ask more in a minute than anybody may; those of the limits
# set their own.
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] |= {  # noqa: F405
    "stranger": "100000/min",
    "sensitive": "100000/min",
}
