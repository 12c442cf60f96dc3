"""The web server of `make run`: granian whose workers do not outlive it.

`python -m voicecompliance.embedded.web PORT`
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from voicecompliance.embedded.processes import die_with_parent

WORKERS = 2
# Each holds a database connection; the embedded server allows a hundred.
THREADS = 8


def load(*_: Any, **__: Any) -> Any:
    """The application, in a worker that dies with the server."""
    die_with_parent(os.getppid(), signal.SIGKILL)
    from voicecompliance.wsgi import application

    return application


def serve(port: int) -> None:
    """Serve the application on the loopback address until SIGTERM."""
    if sys.platform == "linux":
        # Loaded once and shared by the workers: half the start, and less memory.
        multiprocessing.set_start_method("fork")
        import voicecompliance.wsgi  # noqa: F401
    server = Granian(
        "voicecompliance.wsgi:application",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        # A request past it waits in the socket's queue, not as a body in memory.
        backpressure=THREADS * 2,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        websockets=False,
        # Its warnings are about thread counts; its information repeats ours.
        log_level=LogLevels.error,
        # An access log would hold query strings.
        log_access=False,
        workers_kill_timeout=8,
        respawn_failed_workers=True,
    )
    server.serve(target_loader=load, wrap_loader=False)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
