"""What phi keeps sealed in the database, for the check that all of it opens."""

from phi.models import Transcript
from phi.services.recordings import owner_of
from vault import sealed

for _view in ("masked", "original"):
    sealed.declare(
        Transcript,
        f"{_view}_sealed",
        bound=lambda row, view=_view: (owner_of(row.call), row.aad(view)),  # type: ignore[misc]
        related=("call",),
    )
