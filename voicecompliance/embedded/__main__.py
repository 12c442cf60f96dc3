"""`python -m voicecompliance.embedded run` and `… exec [--ephemeral] -- COMMAND`."""

from __future__ import annotations

import argparse
import sys

from voicecompliance.embedded.errors import StartError


def main(argv: list[str] | None = None) -> int:
    """Run one verb; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m voicecompliance.embedded")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="serve admin and API with a worker and beat")
    run.add_argument("--die-with-parent", action="store_true", help="stop when the caller ends")
    execute = verbs.add_parser("exec", help="run a command with database and broker")
    execute.add_argument("--ephemeral", action="store_true", help="on fresh data, thrown away")
    execute.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(argv)
    try:
        if options.verb == "run":
            from voicecompliance.embedded.supervisor import Supervisor

            return Supervisor(die_with_parent=options.die_with_parent).run()
        from voicecompliance.embedded.command import execute as execute_command

        command = options.command[1:] if options.command[:1] == ["--"] else options.command
        if not command:
            parser.error("exec needs a command")
        return execute_command(command, ephemeral=options.ephemeral)
    except StartError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
