"""A thousand values that nobody may find again, told to a running server as its users would."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests
import soundfile

from tests.canaries.search import PHONES, word
from tests.phi.audio import sound

PEOPLE = 100
REGION = "US-TX"


@dataclass
class Planted:
    """One person, what was planted of them by what it is, and the ids of what was made."""

    values: dict[str, str]
    ids: dict[str, str] = field(default_factory=dict)


def people() -> list[Planted]:
    """Each with a value of every kind."""
    kinds = (
        "external_id name email patient_id answer words speech health template recipient".split()
    )
    return [
        Planted({**{kind: word() for kind in kinds}, "phone": phone}) for phone in PHONES[:PEOPLE]
    ]


def speech(text: str) -> bytes:
    """A second of sound whose samples are the bytes of ``text``, now and then."""
    with soundfile.SoundFile(io.BytesIO(sound())) as whole:
        frames = whole.read(dtype="int16").tobytes()
    for place in range(0, 24_000, 4000):
        frames = frames[:place] + text.encode() + frames[place + len(text) :]
    made = io.BytesIO(sound())
    head = made.getvalue()[:44]
    return head + frames


class Installation:
    """A running server, spoken to by its API and its admin."""

    def __init__(self, address: str, key: str, session: str) -> None:
        self.address = address
        self.api = requests.Session()
        self.api.headers["Authorization"] = f"Bearer {key}"
        self.admin = requests.Session()
        self.admin.cookies["sessionid"] = session

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """One call of the API."""
        return self.api.request(
            method, f"{self.address}/api/v1/{path}", json=body, timeout=60, **options
        )

    def made(self, path: str, body: Any, method: str = "POST", **options: Any) -> dict[str, Any]:
        """What was made by a call that must succeed."""
        answer = self.call(method, path, body, **options)
        assert answer.status_code in {200, 201}, (path, answer.status_code, answer.text)
        result: dict[str, Any] = answer.json()
        return result

    def page(self, path: str, **query: str) -> requests.Response:
        """A page of the admin."""
        return self.admin.get(f"{self.address}/admin/{path}", params=query, timeout=60)

    def post(self, path: str, **form: str) -> requests.Response:
        """A form of the admin, sent with what its page holds."""
        shown = self.page(path).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown)
        form["csrfmiddlewaretoken"] = token[1] if token else ""
        return self.admin.post(
            f"{self.address}/admin/{path}",
            data=form,
            headers={"Referer": self.address},
            timeout=60,
        )

    def plant(self, person: Planted) -> None:
        """Tell the server everything of one person."""
        v = person.values
        subject = self.made(
            "subjects",
            {
                "external_id": v["external_id"],
                "name": f"{v['name']} Example",
                "phone": v["phone"],
                "email": f"{v['email']}@canary.example",
                "patient_id": v["patient_id"],
                "region": REGION,
                "language": "en",
            },
        )["id"]
        call = self.made(
            "calls",
            {
                "subject": subject,
                "direction": "inbound",
                "regions": [REGION, REGION],
                "purposes": ["record", "transcribe"],
                "language": "en",
                "is_ai": True,
            },
        )["id"]
        for purpose, method in (
            ("record", "verbal"),
            ("transcribe", "verbal"),
            ("voiceprint", "written"),
        ):
            person.ids[purpose] = self.made(
                "consents",
                {
                    "subject": subject,
                    "call": call,
                    "purpose": purpose,
                    "decision": "given",
                    "method": method,
                    "notice_version": 1,
                    "evidence": {"answer_text": f"Yes, {v['answer']}"},
                },
            )["id"]
        person.ids |= {"subject": subject, "call": call}
        person.ids["recording"] = self.made(
            f"calls/{call}/recording", None, "PUT", data=speech(v["speech"])
        )["id"]
        said = f"{v['words']} called from {v['phone']}"
        turns = [{"speaker": "caller", "text": said, "start_ms": 0, "end_ms": 900}]
        person.ids["transcript"] = self.made(
            f"calls/{call}/transcript",
            {"language": "en", "turns": turns},
            headers={"Idempotency-Key": str(uuid4())},
        )["id"]

        person.ids["health"] = self.made(
            "phi",
            {
                "subject": subject,
                "data_type": "diagnosis",
                "content": {"note": v["health"]},
                "purpose_of_use": "treatment",
            },
        )["id"]
        person.ids["voice"] = self.made(
            "voice-profiles",
            {
                "subject": subject,
                "vendor": "A vendor",
                "template_ref": v["template"],
                "consent": person.ids["voiceprint"],
            },
        )["id"]
        person.ids["disclosure"] = self.made(
            "phi/disclosures",
            {
                "subject": subject,
                "disclosed_at": "2026-03-01T10:00:00Z",
                "recipient": v["recipient"],
                "description": v["health"],
                "purpose": v["words"],
                "authority": "512b",
            },
        )["id"]

    def look(self, person: Planted) -> None:
        """Read everything of one person again: what was planted comes back, to who may read."""
        ids, v = person.ids, person.values
        query = "?view=original&purpose_of_use=quality"
        told = self.call("GET", f"transcripts/{ids['transcript']}{query}")
        assert v["words"] in told.text, told.text
        self.call("GET", f"transcripts/{ids['transcript']}")
        heard = self.call("GET", f"recordings/{ids['recording']}/audio?purpose_of_use=quality")
        assert v["speech"].encode() in heard.content
        known = self.call("GET", f"phi/{ids['health']}?purpose_of_use=treatment")
        assert v["health"] in known.text, known.text
        assert v["template"] in self.call("GET", f"voice-profiles/{ids['voice']}").text
        told = self.call("GET", f"phi/disclosures?subject={ids['subject']}")
        assert v["recipient"] in told.text, told.text

    def err(self, person: Planted) -> None:
        """Put what was planted where it does not belong; nothing of it is a fault of ours."""
        v, ids = person.values, person.ids
        everything = " ".join(v.values())
        wrong: dict[str, Any] = dict.fromkeys((*v, *ids, "regions", "x"), everything)
        heard = {"X-Request-ID": v["name"], "User-Agent": everything, "Cookie": v["name"]}
        for path in (
            "subjects",
            "calls",
            "consents",
            "mask",
            "audit/events",
            "phi",
            "phi/disclosures",
            "voice-profiles",
            "care-relationships",
            f"calls/{ids['call']}/transcript",
            f"calls/{ids['call']}/disclosures",
        ):
            for body in (wrong, [wrong], everything):
                answer = self.call("POST", path, body, headers=heard)
                assert answer.status_code < 500, (path, answer.text)
        for path in (
            f"{v['words']}",
            f"transcripts/{v['words']}",
            f"phi/{ids['health']}?purpose_of_use={v['words']}",
            f"phi/{ids['health']}?purpose_of_use=emergency&break_glass_reason={v['words']}",
            f"phi/disclosures?external_id={v['email']}",
            f"consents/check?external_id={v['email']}&purpose={v['answer']}",
            f"audit/events?actor={v['name']}&object={v['phone']}",
        ):
            assert self.call("GET", path).status_code < 500, path
        stranger = {"Authorization": f"Bearer vc_{v['name']}_{v['words']}{v['speech']}"}
        assert self.call("POST", "subjects", wrong, headers=stranger).status_code == 401
        login = {"username": v["email"], "password": everything, "otp": v["phone"]}
        assert self.call("POST", "auth/token", login).status_code < 500
        assert self.call("PUT", f"calls/{ids['call']}/recording", wrong).status_code < 500
        for model in ("consent/datasubject", "consent/call", "phi/transcript"):
            for value in (v["email"], v["phone"], v["name"], v["patient_id"]):
                assert self.page(f"{model}/", q=value).status_code < 500
            assert self.page(f"{model}/", **{f"{v['name']}__startswith": v["name"]}).ok
        self.page(f"consent/datasubject/{ids['subject']}/change/")
        self.page(f"consent/call/{ids['call']}/change/")
        self.page(f"phi/disclosure/{ids['disclosure']}/change/")
        self.page(f"phi/healthrecord/{ids['health']}/change/")
        self.page(f"phi/voiceprofile/{ids['voice']}/change/")
        self.post(f"phi/disclosure/of/{ids['subject']}/statement/", asked_on="2026-03-01")
        self.post(
            f"phi/disclosure/of/{ids['subject']}/",
            **dict.fromkeys(("recipient", "description", "purpose", "disclosed_at"), v["words"]),
        )
