#!/usr/bin/env python
"""Django's command line; starts the embedded services for a command's life where needed."""

import os
import sys
from contextlib import nullcontext

# Commands that touch no database need no services.
WITHOUT_SERVICES = {"help", "version", "--help", "--version", "makemigrations", "collectstatic"}
# What makes or changes tables is the owner's; everything else enters the web role.
OWNERS = {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "test", "flush"}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voicecompliance.settings")
    from voicecompliance.embedded.ensure import services
    from voicecompliance.embedded.errors import StartError

    verb = sys.argv[1] if len(sys.argv) > 1 else "help"
    if verb in OWNERS:
        os.environ.setdefault("DATABASE_ROLE", "owner")
    try:
        with nullcontext() if verb in WITHOUT_SERVICES else services():
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
