"""The written release that a voice profile rests on, as the consents say it at a moment."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, Subquery

from consent.models import ConsentRecord, Purpose
from consent.services.consents import STRENGTH, Method, Strength

VOICEPRINT = "voiceprint"
WRITTEN = tuple(method for method in Method if STRENGTH[method] == Strength.WRITTEN)


def release_over(at: datetime) -> Q:
    """Voice profiles whose release no longer holds at ``at`` (UTC): a no or a withdrawal came
    after it, the latest yes has expired, or the person was made anonymous.

    A yes that is given again does not bring back what a withdrawal has ended: the voiceprint is
    made anew (BIPA, 740 ILCS 14/15(a): destroyed when the initial purpose has been satisfied).
    """
    # Asked once a statement, not once a profile.
    voiceprint = Purpose.objects.filter(code=VOICEPRINT).order_by().values("pk")[:1]
    of_subject = ConsentRecord.objects.filter(
        subject=OuterRef("subject"), purpose=Subquery(voiceprint)
    ).order_by()
    noes = of_subject.exclude(decision="given").filter(
        decided_at__gte=OuterRef("release__decided_at"), decided_at__lte=at
    )
    replaced = ConsentRecord.objects.filter(supersedes=OuterRef("pk"), decided_at__lte=at)
    yes = of_subject.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=at), ~Exists(replaced), decision="given"
    )
    # A yes is looked for where the release itself no longer is one: seldom.
    release_replaced = ConsentRecord.objects.filter(
        supersedes=OuterRef("release"), decided_at__lte=at
    )
    yes_over = (Q(release__expires_at__lte=at) | Q(Exists(release_replaced))) & Q(~Exists(yes))
    return Q(subject__anonymised_at__lte=at) | Q(Exists(noes)) | yes_over


def purpose_over(at: datetime) -> Q:
    """Voice profiles whose purpose has ended at ``at`` (UTC), for whatever reason."""
    return Q(purpose_ended_at__lte=at) | release_over(at)
