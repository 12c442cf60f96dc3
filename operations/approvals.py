"""The registry of acts that take two people. Each app registers its own in ``approvals.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.actors import Actor

if TYPE_CHECKING:
    from operations.models import Approval

Apply = Callable[["Approval", Actor], object]
Describe = Callable[["Approval"], str]


@dataclass(frozen=True, slots=True)
class ApprovalKind:
    """A registered kind: ``permission`` is what asking needs; ``apply(approval, actor)`` acts
    inside the deciding transaction; ``describe(approval)`` says what will happen."""

    code: str
    title: str
    permission: str
    apply: Apply
    describe: Describe | None = None


_kinds: dict[str, ApprovalKind] = {}


def approval_kind(
    code: str, *, title: str, permission: str, describe: Describe | None = None
) -> Callable[[Apply], Apply]:
    """Register the decorated function as what approval of this kind does.

    Raises ValueError for a code already taken.
    """

    def register(function: Apply) -> Apply:
        if code in _kinds:
            raise ValueError(f"approval kind {code!r} is registered twice")
        _kinds[code] = ApprovalKind(code, title, permission, function, describe)
        return function

    return register


def get(code: str) -> ApprovalKind:
    """The kind with ``code``. Raises KeyError."""
    return _kinds[code]


def kinds() -> Iterator[ApprovalKind]:
    """Every kind, by code."""
    yield from (_kinds[code] for code in sorted(_kinds))
