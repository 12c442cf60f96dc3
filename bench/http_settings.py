"""The product's settings and a plain endpoint to compare with."""

from voicecompliance.settings import *  # noqa: F403
from voicecompliance.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.plain"]
ROOT_URLCONF = "bench.http_urls"
