"""A transcript is masked by the names of the people who are known to be on its call, and by the
recogniser of names that the installation has."""

from __future__ import annotations

from typing import Any

import pytest

from consent.models import DataSubject
from masking import Recognised
from phi.models import Transcript
from tests.phi.conftest import problem

pytestmark = pytest.mark.django_db

SAID = [
    {
        "speaker": "caller",
        "text": "the parcel went to quixby again, ask the wrenlows",
        "start_ms": 0,
        "end_ms": 3000,
    }
]


def wrenlow() -> Any:
    """A recogniser that knows one family."""

    def recognise(turns: Any, language: str) -> Any:
        for number, turn in enumerate(turns):
            at = turn.text.find("wrenlow")
            if at >= 0:
                yield Recognised(number, at, at + len("wrenlows"), "NAME", 0.9)

    return recognise


def failing() -> Any:
    """A recogniser whose model is gone."""

    def recognise(turns: Any, language: str) -> Any:
        raise RuntimeError(turns[0].text)

    return recognise


def called(api: Any, external_id: str, name: str) -> str:
    body = {"external_id": external_id, "name": name}
    answer = api.post("/api/v1/subjects", body, format="json")
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def text_of(answer: Any) -> str:
    assert answer.status_code == 201, answer.content
    return str(answer.json()["turns"][0]["text"])


def test_nobody_knows_the_name(call: str, tell: Any) -> None:
    assert text_of(tell(call, SAID)) == SAID[0]["text"]


def test_the_callers_name_is_masked(call: str, subject: Any, api: Any, tell: Any) -> None:
    # The same external id updates the profile.
    body = {"external_id": "customer-17", "name": "Ilka Quixby"}
    assert api.post("/api/v1/subjects", body, format="json").status_code == 200
    told = tell(call, SAID)
    assert text_of(told) == "the parcel went to [NAME] again, ask the wrenlows"
    assert told.json()["findings"] == {"NAME": 1}


def test_so_is_another_partys(
    api: Any, subject: Any, open_call: Any, give_consent: Any, tell: Any
) -> None:
    other = called(api, "customer-18", "Ilka Quixby")
    announced = open_call(subject=str(subject.id), other_subjects=[other])
    for purpose in ("record", "transcribe"):
        give_consent(subject.id, purpose, call=announced["id"])
    assert "[NAME]" in text_of(tell(announced["id"], SAID))


def test_a_profile_without_a_name_masks_nothing_more(call: str, subject: Any, tell: Any) -> None:
    DataSubject.objects.filter(pk=subject.pk).update(name=None)
    assert text_of(tell(call, SAID)) == SAID[0]["text"]


def test_the_recogniser_masks_beside_the_detectors(
    call: str, tell: Any, api: Any, settings: Any
) -> None:
    settings.MASKING_RECOGNISER = f"{__name__}:wrenlow"
    assert text_of(tell(call, SAID)) == "the parcel went to quixby again, ask the [NAME]"
    answer = api.post("/api/v1/mask", {"text": SAID[0]["text"]}, format="json").json()
    assert [found["reason"] for found in answer["findings"]] == ["name.recogniser"]


@pytest.mark.parametrize("path", ["failing", "nothing"])
def test_one_that_fails_stores_nothing_and_quotes_nobody(
    call: str, tell: Any, api: Any, settings: Any, caplog: Any, path: str
) -> None:
    settings.MASKING_RECOGNISER = f"{__name__}:{path}"
    answer = tell(call, SAID)
    problem(answer, 503, "masking-unavailable")
    assert answer["Retry-After"]
    assert not Transcript.objects.exists()
    assert "quixby" not in caplog.text
    assert "MASKING_RECOGNISER" in caplog.text or "recogniser of names failed" in caplog.text
    problem(api.post("/api/v1/mask", {"text": "x"}, format="json"), 503, "masking-unavailable")
