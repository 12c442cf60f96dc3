"""Celery's command line with pool processes that do not outlive the worker.

`python -m voicecompliance.embedded.queue_worker -A voicecompliance worker …`
"""

from __future__ import annotations

import os
import signal
import warnings
from typing import Any

from celery.bin.celery import main
from celery.exceptions import SecurityWarning
from celery.signals import worker_process_init

from voicecompliance.embedded.processes import die_with_parent

_PARENT = os.getpid()


@worker_process_init.connect
def _tie(**_: Any) -> None:
    # A killed worker's task is handed out again: nothing may still be running it.
    die_with_parent(_PARENT, signal.SIGKILL)


if __name__ == "__main__":
    # Root is the operator's choice, and the tasks carry ids, no pickles.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    main()
