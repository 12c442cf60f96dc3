"""A proof file proves its event to anyone, and nothing that was changed in it."""

import base64
import copy
import json
import os
import random
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse

from audit import merkle, note, proofs
from audit.models import AuditEvent, Checkpoint, Leaf
from audit.sealing import seal
from core import signing
from core.errors import Conflict, Invalid, NotFound, Problem
from core.ids import uuid7
from tests.audit.tampering import make_log, write

pytestmark = pytest.mark.django_db
SCRIPT = Path(settings.BASE_DIR) / "docs/verify_proof.py"
EVENTS = "/api/v1/audit/events"


def our_key():
    return note.verifier_key(settings.AUDIT_ORIGIN, signing.public_key_raw())


def test_every_event_of_a_log():
    events = make_log(3, 300, 1)
    for index in (0, 1, 2, 3, 255, 256, 302, 303):
        document = proofs.prove(events[index].id)
        proved = proofs.check(json.dumps(document), key=our_key())
        assert (proved.index, proved.checkpoint.size) == (index, 304)
        assert proved.entry["id"] == str(events[index].id)
        assert not proved.own_key


def test_nothing_to_prove():
    with pytest.raises(NotFound):
        proofs.prove(uuid7())
    event = write(1)[0]
    with pytest.raises(Conflict) as refused:
        proofs.prove(event.id)
    assert refused.value.code == "not-sealed-yet"
    assert refused.value.extra["merge_delay_seconds"] >= 0
    seal()
    assert proofs.prove(event.id)["index"] == 0


def test_a_log_that_contradicts_itself_gives_no_proof(django_assert_max_num_queries):
    event = make_log(10)[4]
    with django_assert_max_num_queries(6):
        proofs.prove(event.id)
    stored = AuditEvent.objects.get(pk=event.id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proofs.merkle, "leaf_hash", lambda entry: bytes(32))
        with pytest.raises(Problem) as refused:
            proofs.prove(stored.id)
    assert (refused.value.code, refused.value.status) == ("log-damaged", 500)


def flipped(document):
    """The file with each of its values changed: (what, file)."""
    rng = random.Random(7)
    for name, value in document.items():
        changed = copy.deepcopy(document)
        match name, value:
            case (("entry" | "leaf_hash"), str()):
                raw = bytearray(base64.b64decode(value))
                raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
                changed[name] = base64.b64encode(raw).decode()
            case (("index" | "size" | "from" | "to"), int()):
                changed[name] = value + 1
            case "proof", list():
                for place in range(len(value)):
                    one = copy.deepcopy(document)
                    raw = bytearray(base64.b64decode(value[place]))
                    raw[0] ^= 1
                    one["proof"][place] = base64.b64encode(raw).decode()
                    yield f"proof {place}", one
                changed["proof"] = value[:-1]
            case (("checkpoint" | "from_checkpoint" | "to_checkpoint"), str()):
                lines = value.split("\n")
                for number, line in enumerate(lines):
                    if line:
                        other = lines.copy()
                        place = len(line) // 2
                        other[number] = (
                            f"{line[:place]}{'B' if line[place] != 'B' else 'C'}"
                            + (line[place + 1 :])
                        )
                        yield f"{name} line {number}", document | {name: "\n".join(other)}
                continue
            case "id", str():
                changed[name] = str(uuid7())
            case _:
                changed[name] = value[:-6] + "AAAA=="
        yield name, changed
        less = dict(document)
        del less[name]
        yield f"no {name}", less
        for wrong in (None, 5, [], {}, "", True, "\u2014"):
            if wrong != value:
                yield f"{name} {wrong!r}", document | {name: wrong}


def test_every_value_flipped():
    event = make_log(7, 6)[5]
    document = proofs.prove(event.id)
    assert len(document["proof"]) >= 3
    for what, changed in flipped(document):
        if "verifier_key" in what:
            # Not looked at where a key is given.
            proofs.check(json.dumps(changed), key=our_key())
            continue
        with pytest.raises(proofs.BadProof):
            proofs.check(json.dumps(changed), key=our_key())
    for what, changed in flipped(document):
        with pytest.raises(proofs.BadProof):
            proofs.check(json.dumps(changed))
            pytest.fail(what)


@pytest.mark.parametrize("text", ["", "no", "[]", "5", "{}", "[" * 100_000, "\x00"])
def test_no_file(text):
    with pytest.raises(proofs.BadProof):
        proofs.check(text, key="x")


def forged(document):
    """The same proof, signed by somebody else who says so."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    entry = base64.b64decode(document["entry"]).replace(b"opened", b"closed")
    leaf = merkle.leaf_hash(entry)
    told = note.Checkpoint(settings.AUDIT_ORIGIN, 1, leaf)
    return document | {
        "entry": base64.b64encode(entry).decode(),
        "leaf_hash": base64.b64encode(leaf).decode(),
        "index": 0,
        "size": 1,
        "proof": [],
        "checkpoint": note.note(told, public, key.sign(told.body().encode())),
        "verifier_key": note.verifier_key(settings.AUDIT_ORIGIN, public),
    }


def standalone(path, *arguments):
    """The script by itself: nothing of ours on its path, no settings, no database."""
    return subprocess.run(
        [sys.executable, "-I", str(path), *arguments],
        cwd="/",
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_script_that_needs_none_of_our_code(tmp_path):
    script = tmp_path / "verify_proof.py"
    text = SCRIPT.read_text()
    assert len(text.splitlines()) <= 100
    assert "django" not in text.lower()
    script.write_text(text)
    event = make_log(7, 6)[5]
    document = proofs.prove(event.id)
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(document))
    done = standalone(script, str(file), "--key", our_key())
    assert done.returncode == 0, done.stderr
    assert str(event.id) in done.stdout
    assert "entry 5" in done.stdout
    assert done.stderr == ""
    done = standalone(script, str(file))
    assert done.returncode == 0
    assert "WARNING" in done.stderr
    # Somebody else's log: only the key that was got elsewhere shows it.
    file.write_text(json.dumps(forged(document)))
    assert standalone(script, str(file)).returncode == 0
    done = standalone(script, str(file), "--key", our_key())
    assert done.returncode == 1
    assert "NOT PROVED" in done.stderr
    file.write_text("nothing")
    assert standalone(script, str(file)).returncode == 1
    assert standalone(script, "/nowhere").returncode == 1


@pytest.mark.parametrize("what", ["event", "growth"])
def test_the_script_on_every_value_flipped(tmp_path, what):
    """In one process, or it would take minutes."""
    event = make_log(7, 6)[5]
    document = proofs.prove(event.id) if what == "event" else proofs.consistency(7, 13)
    driver = tmp_path / "driver.py"
    driver.write_text(
        "import json, runpy, sys\n"
        f"check = runpy.run_path({str(SCRIPT)!r})['check']\n"
        "key = sys.argv[2]\n"
        "for what, file in json.load(open(sys.argv[1])):\n"
        "    try:\n"
        "        check(file, key or None)\n"
        "    except Exception as error:\n"
        "        continue\n"
        "    print(what)\n"
    )
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps(list(flipped(document))))
    done = standalone(driver, str(cases), our_key())
    assert done.returncode == 0, done.stderr
    passed = done.stdout.split("\n")[:-1]
    assert [what for what in passed if "verifier_key" not in what] == []
    done = standalone(driver, str(cases), "")
    assert done.stdout == "", done.stdout


def test_the_script_exits_1_on_tampered_files(tmp_path):
    document = proofs.prove(make_log(2, 2)[1].id)
    cases = dict(flipped(document))
    for what in ("entry", "leaf_hash", "index", "proof 0", "checkpoint line 2", "no id", "id"):
        file = tmp_path / "proof.json"
        file.write_text(json.dumps(cases[what]))
        done = standalone(SCRIPT, str(file), "--key", our_key())
        assert done.returncode == 1, what
        assert done.stderr.startswith("NOT PROVED: "), done.stderr
        assert done.stdout == ""


def test_the_command(tmp_path, capsys):
    document = proofs.prove(make_log(4)[2].id)
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(document))
    call_command("verify_proof", str(file), "--key", our_key())
    told = capsys.readouterr().out
    assert told.startswith("Proved: event")
    assert "Warning" not in told
    call_command("verify_proof", str(file))
    assert "Warning" in capsys.readouterr().out
    file.write_text(json.dumps(forged(document)))
    with pytest.raises(CommandError, match="Not proved"):
        call_command("verify_proof", str(file), "--key", our_key())
    with pytest.raises(CommandError, match="Not proved"):
        call_command("verify_proof", str(tmp_path / "nothing"))


def test_growth_by_the_command_and_by_the_script(tmp_path, capsys):
    """Every pair of sizes up to 40, and none of their values may be another."""
    make_log(*[1] * 40)
    script = runpy.run_path(str(SCRIPT))
    file = tmp_path / "growth.json"
    for old in range(1, 41):
        for new in range(old, 41):
            document = proofs.consistency(old, new)
            assert proofs.check(json.dumps(document), key=our_key()).new.size == new
            said = script["check"](document, our_key())
            assert said == f"the log of {new} begins with the log of {old}."
    for what, changed in flipped(proofs.consistency(7, 13)):
        if "verifier_key" not in what:
            with pytest.raises(proofs.BadProof):
                proofs.check(json.dumps(changed), key=our_key())
                pytest.fail(what)
    file.write_text(json.dumps(proofs.consistency(7, 13)))
    call_command("verify_proof", str(file), "--key", our_key())
    told = capsys.readouterr().out
    assert told.endswith("of 13 events begins with that of 7.\n")
    # Two roots for one size, both signed: nothing leads from one to the other.
    point = note.Checkpoint(settings.AUDIT_ORIGIN, 7, bytes(32))
    signed = note.note(point, signing.public_key_raw(), signing.sign_raw(point.body().encode()))
    for changed in (
        proofs.consistency(7, 13) | {"from_checkpoint": signed},
        proofs.consistency(7, 7) | {"from_checkpoint": signed},
    ):
        with pytest.raises(proofs.BadProof):
            proofs.check(json.dumps(changed), key=our_key())
        with pytest.raises(ValueError, match="roots"):
            script["check"](changed, our_key())


@pytest.mark.parametrize("key", ["", " ", "x"])
def test_an_empty_key_is_not_the_files_own(tmp_path, key):
    """As a variable that is not set gives it."""
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(forged(proofs.prove(make_log(2)[1].id))))
    with pytest.raises(CommandError, match="Not proved"):
        call_command("verify_proof", str(file), "--key", key)
    done = standalone(SCRIPT, str(file), "--key", key)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("NOT PROVED")


def test_values_of_another_type(tmp_path):
    make_log(1, 2)
    growth, event = proofs.consistency(1, 3), proofs.prove(Leaf.objects.get(index=1).event_id)
    file = tmp_path / "proof.json"
    for changed in (
        growth | {"from": True},
        growth | {"to": 3.0},
        growth | {"from_checkpoint": 5},
        growth | {"to_checkpoint": None},
        growth | {"verifier_key": 5},
        event | {"size": 3.0},
        event | {"index": True},
        event | {"index": "1"},
        event | {"checkpoint": []},
        event | {"format": 7},
        [event],
    ):
        with pytest.raises(proofs.BadProof):
            proofs.check(json.dumps(changed))
        file.write_text(json.dumps(changed))
        done = standalone(SCRIPT, str(file))
        assert done.returncode == 1, changed
        assert done.stderr.startswith("NOT PROVED: "), done.stderr


def test_seal_audit(capsys):
    write(3)
    call_command("seal_audit")
    assert capsys.readouterr().out == "3 events sealed; the log holds 3.\n"


def test_consistency_between_any_two_checkpoints():
    make_log(1, 4, 300, 2)
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    for old in sizes:
        for new in sizes:
            if old > new:
                with pytest.raises(Invalid):
                    proofs.consistency(old, new)
                continue
            document = proofs.consistency(old, new)
            first, second = (
                note.verify(document[name], settings.AUDIT_ORIGIN, signing.public_key_raw())
                for name in ("from_checkpoint", "to_checkpoint")
            )
            path = [base64.b64decode(each) for each in document["proof"]]
            assert merkle.is_consistent(first.size, first.root, second.size, second.root, path)
    with pytest.raises(Invalid) as refused:
        proofs.consistency(2, 3)
    assert set(refused.value.errors) == {"from", "to"}


# By API -------------------------------------------------------------------------------------


def test_the_proof_by_api(api):
    event = make_log(5)[3]
    answer = api.get(f"{EVENTS}/{event.id}/proof")
    assert answer.status_code == 200
    proved = proofs.check(answer.content, key=our_key())
    assert proved.entry["object_id"] == event.object_id
    look = AuditEvent.objects.get(event_type="audit_log", action="proved")
    assert look.object_id == str(event.id)


def test_the_proof_of_what_is_not_sealed(api):
    event = write(1)[0]
    answer = api.get(f"{EVENTS}/{event.id}/proof")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/not-sealed-yet")
    assert "merge_delay_seconds" in answer.json()
    assert answer["Retry-After"] == "5"


def test_the_proof_of_what_is_not_there(api):
    assert api.get(f"{EVENTS}/{uuid7()}/proof").status_code == 404
    assert api.get(f"{EVENTS}/nothing/proof").status_code == 404


def test_the_latest_checkpoint(api):
    assert api.get("/api/v1/audit/checkpoints/latest").status_code == 404
    seal()
    answer = api.get("/api/v1/audit/checkpoints/latest")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    told = note.verify(answer.content.decode(), settings.AUDIT_ORIGIN, signing.public_key_raw())
    assert told.size == Leaf.objects.count()


def test_consistency_by_api(api):
    make_log(3, 4)
    sizes = sorted(Checkpoint.objects.values_list("size", flat=True))
    path = "/api/v1/audit/checkpoints/consistency"
    answer = api.get(path, {"from": sizes[0], "to": sizes[-1]})
    assert answer.status_code == 200, answer.content
    assert (answer.json()["from"], answer.json()["to"]) == (sizes[0], sizes[-1])
    for query in ({}, {"from": 1}, {"from": "x", "to": 7}, {"from": 10**30, "to": 1}):
        refused = api.get(path, query)
        assert refused.status_code == 422, query
        assert refused.json()["errors"]


@pytest.mark.parametrize(
    "path", ["events/{}/proof", "checkpoints/latest", "checkpoints/consistency?from=1&to=1"]
)
def test_only_with_the_scope(make_caller, client, path):
    path = f"/api/v1/audit/{path.format(uuid7())}"
    assert client.get(path).status_code == 401
    other = make_caller("No reader", scopes=["audit:write", "calls"])
    assert other.client.get(path).status_code == 403


# In the admin -------------------------------------------------------------------------------


def test_prove_this_event_in_the_admin(officer_client):
    event = make_log(5)[3]
    page = officer_client.get(reverse("admin:audit_auditevent_change", args=[event.id]))
    link = reverse("admin:audit_auditevent_prove", args=[event.id])
    assert link in page.content.decode()
    assert "Prove this event" in page.content.decode()
    answer = officer_client.get(link)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    proved = proofs.check(answer.content, key=our_key())
    assert proved.entry["id"] == str(event.id)
    told = page.content.decode()
    assert f"with the leaf hash {merkle.leaf_hash(bytes(event.entry)).hex()}" in told
    look = AuditEvent.objects.get(event_type="admin", action="proved")
    assert (look.object_id, look.actor_name) == (str(event.id), "officer-one")


def test_what_is_not_sealed_yet_in_the_admin(officer_client):
    event = write(1)[0]
    link = reverse("admin:audit_auditevent_prove", args=[event.id])
    answer = officer_client.get(link, follow=True)
    assert answer.status_code == 200
    assert "waits for its seal" in answer.content.decode()
    assert officer_client.get(
        reverse("admin:audit_auditevent_prove", args=[uuid7()])
    ).status_code in {302, 404}


# The page -----------------------------------------------------------------------------------


def test_the_example_of_the_page():
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    page = (Path(settings.BASE_DIR) / "docs/audit-format.md").read_text()
    text, key = (part.split("```")[0] for part in page.split("```text\n")[1:3])
    entries = page.split("```json\n")[1].split("```")[0].encode().splitlines()
    public = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
    name, raw = note.parse_verifier_key(key)
    assert raw == public.public_bytes_raw()
    told = note.verify(text, name, raw)
    frontier = merkle.Frontier()
    for entry in entries:
        frontier.append(merkle.leaf_hash(entry))
    assert (told.size, told.root) == (2, frontier.root())
    from audit import canonical

    assert [canonical.encode(json.loads(entry)) for entry in entries] == entries


def test_the_page_names_every_code():
    import re

    folder = Path(settings.BASE_DIR) / "audit/verifier"
    code = "\n".join(path.read_text() for path in folder.glob("*.py"))
    page = (Path(settings.BASE_DIR) / "docs/audit-format.md").read_text()
    table = page.split("## Reason codes of verify_audit", 1)[1]
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", table))
    written = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', code))
    assert written == named


def test_prove_the_growth_in_the_admin(officer_client):
    make_log(3, 4)
    old, size = Checkpoint.objects.order_by("size").values_list("size", flat=True)[:2]
    page = officer_client.get(reverse("admin:audit_checkpoint_change", args=[size]))
    link = reverse("admin:audit_checkpoint_growth", args=[size])
    assert f'action="{link}"' in page.content.decode()
    answer = officer_client.get(link, {"from": str(old)})
    assert answer["Content-Disposition"] == f'attachment; filename="growth-{old}-{size}.proof.json"'
    grown = proofs.check(answer.content, key=our_key())
    assert (grown.old.size, grown.new.size) == (old, size)
    look = AuditEvent.objects.get(event_type="admin", action="proved_growth")
    assert (look.object_id, look.details["older"]) == (str(size), old)
    for older in ("", str(old - 1), str(size + 1), "x", "-1", "9" * 40, "\u0663"):
        refused = officer_client.get(link, {"from": older}, follow=True)
        assert "No checkpoint has this size." in refused.content.decode(), older
    assert officer_client.post(link, {"from": str(old)}).status_code == 405
    assert (
        officer_client.get(reverse("admin:audit_checkpoint_growth", args=[size - 1])).status_code
        == 404
    )
    assert AuditEvent.objects.filter(action="proved_growth").count() == 1
