"""A sealer for the benchmark: seals every 5 seconds, as beat has it, until its input closes."""

from __future__ import annotations

import os
import select
import sys
import time

EVERY = float(os.environ.get("SEAL_EVERY", "5"))


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "voicecompliance.settings"
    import django

    django.setup()
    from django.db import connection

    from audit.sealing import seal

    connection.settings_dict["NAME"] = sys.argv[1]
    while True:
        start = time.monotonic()
        seal()
        wait = max(0.0, EVERY - (time.monotonic() - start))
        if select.select([sys.stdin], [], [], wait)[0]:
            return


if __name__ == "__main__":
    main()
