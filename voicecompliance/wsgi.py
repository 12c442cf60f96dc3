"""The WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voicecompliance.settings")
application = get_wsgi_application()

from django.db import connections  # noqa: E402

from vault.checks import stop_on_wrong_keys  # noqa: E402

stop_on_wrong_keys()
# Server processes fork after this: a connection must not be shared between them.
connections.close_all()
# What is loaded by now stays: no collection need look through it, and the processes share it.
gc.collect()
gc.freeze()
