"""The product's settings and a plain endpoint to compare with."""

import os

from voicecompliance.settings import *  # noqa: F403
from voicecompliance.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.plain"]
ROOT_URLCONF = "bench.http_urls"

if name := os.environ.get("BENCH_DATABASE"):
    DATABASES["default"]["NAME"] = name  # noqa: F405
