"""What operations keeps sealed, for the check that all of it opens."""

from operations.models import Job
from operations.services.jobs import result_binding
from vault import sealed

sealed.declare(Job, "result", bound=lambda row: (row.pk, result_binding(row.pk)))
