"""How much of what callers say is masked, how much else is, and how fast.

    make bench-masking
    python -m bench.masking --presidio --research
    python -m bench.masking --failures CARD --policy strict --seed development

Runs over calls of `bench.masking_corpus` made with the reporting seed, on which nobody tunes. A
datum is found when each of its letters and digits lies inside spans, whatever their labels. With
`--presidio` Presidio is installed into a throw-away environment and runs over the same calls; with
`--research` the synthetic data of microsoft/presidio-research is fetched and scored as well.
"""

from __future__ import annotations

import argparse
import gc
import inspect
import json
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any

from bench.masking_corpus import COUNT, LABELS, SEEDS, calls
from bench.masking_corpus_es_de import FRAMES
from bench.masking_corpus_es_de import calls as other_calls
from bench.masking_score import ROWS, Found, missed, score
from masking import Turn, find

POLICIES = ("strict", "balanced")
TAKES_NAMES = "names" in inspect.signature(find).parameters
ENGLISH = "en"
BOUNDS: dict[str, dict[str, float]] = {
    "strict": dict(zip(ROWS, (0.99, 0.97, 0.93, 0.97), strict=True)),
    "balanced": dict(zip(ROWS, (0.95, 0.93, 0.90, 0.95), strict=True)),
}
TOUCHED = {"strict": 0.25, "balanced": 0.03}
# Of the other languages: what strict must reach, and balanced may touch.
OTHER_BOUNDS: dict[str, dict[str, float]] = {
    "strict": dict(zip(ROWS, (0.97, 0.90, 0.90, 0.90), strict=True)),
    "balanced": {},
}
OTHER_TOUCHED = {"strict": 1.0, "balanced": 0.05}
PRECISION, MB_PER_S, P95_MS, LINEAR = 0.95, 1.5, 3.0, 1.5
# The same stretch again and again: digits, what e-mails are looked for by, one word.
HOSTILE = {"digits": "4929183746", "at dot": "at dot ", "one word": "seven "}


def turns_of(call: dict[str, Any]) -> list[Turn]:
    return [Turn(turn["speaker"], turn["text"]) for turn in call["turns"]]


def ours(call: dict[str, Any], policy: str) -> list[Found]:
    """What the library finds in a call, told what the caller of it would know."""
    spans = find(
        turns_of(call),
        policy=policy,
        region=call["region"],
        language=call["language"],
        **({"names": tuple(call["names"])} if TAKES_NAMES else {}),
    )
    return [Found(span.turn, span.start, span.end, span.label) for span in spans]


def judged(result: dict[str, Any], policy: str, language: str = ENGLISH) -> dict[str, Any]:
    """The figures with the issue's bound beside each, and the list of those that do not hold."""
    below = []
    english = language == ENGLISH
    most = (TOUCHED if english else OTHER_TOUCHED)[policy]
    for name, bound in (BOUNDS if english else OTHER_BOUNDS)[policy].items():
        figures = result["recall"].get(name)
        if figures:
            figures["bound"] = f">= {bound}"
            if figures["found"] < bound:
                below.append(name)
    touched = result["negatives_touched"]["all"]
    touched["bound"] = f"<= {most}"
    if touched["touched"] is not None and touched["touched"] > most:
        below.append("negatives touched")
    if policy == "balanced":
        result["precision"]["bound"] = f"overlapping >= {PRECISION}"
        if (result["precision"]["overlapping"] or 0) < PRECISION:
            below.append("precision")
    return {**result, "below_bound": below}


def taken(turns: Sequence[Turn], policy: str, language: str = ENGLISH) -> float:
    """Seconds of this process alone, garbage included that the call itself makes."""
    gc.collect()
    start = time.process_time()
    find(turns, policy=policy, language=language)
    return time.process_time() - start


def size(turns: Sequence[Turn]) -> int:
    return sum(len(turn.text.encode()) for turn in turns)


def about_2_kb(corpus: Sequence[dict[str, Any]]) -> list[list[Turn]]:
    """Calls of 2,000 to 2,300 bytes: the corpus' own turns, one call after the other."""
    made: list[list[Turn]] = [[]]
    for call in corpus:
        for turn in turns_of(call):
            if size(made[-1]) >= 2000:
                made.append([])
            made[-1].append(turn)
    return made[:-1]


def speed(
    corpus: Sequence[dict[str, Any]], policy: str, rounds: int, language: str = ENGLISH
) -> dict[str, Any]:
    """Bytes of text by time spent in `find`, call after call as a worker does them.

    Time of the process: what else the machine does is not the library's.
    """
    parsed = [turns_of(call) for call in corpus]
    total = sum(size(turns) for turns in parsed)
    rates = []
    for _ in range(rounds):
        start = time.process_time()
        for turns in parsed:
            find(turns, policy=policy, language=language)
        rates.append(total / (time.process_time() - start) / 1e6)
    times = [taken(turns, policy, language) * 1000 for turns in about_2_kb(corpus)]
    return {
        "mb_per_s": round(statistics.median(rates), 2),
        "mb_per_s_bound": f">= {MB_PER_S}",
        "calls_of_2_kb": len(times),
        "p95_ms": round(sorted(times)[int(len(times) * 0.95)], 2) if times else None,
        "p95_ms_bound": f"<= {P95_MS}",
    }


def linear(megabytes: int, policy: str) -> dict[str, Any]:
    """Time per byte at ten times the size, by the time per byte at one: 1 is linear."""
    made: dict[str, Any] = {"bound": f"ratio <= {LINEAR}"}
    for name, unit in HOSTILE.items():
        small, large = (
            taken([Turn("caller", unit * (count * 1_000_000 // len(unit)))], policy)
            for count in (megabytes // 10 or 1, megabytes)
        )
        factor = megabytes / (megabytes // 10 or 1)
        made[name] = {
            f"{megabytes // 10 or 1}_mb_s": round(small, 2),
            f"{megabytes}_mb_s": round(large, 2),
            "ratio": round(large / small / factor, 2),
        }
    return made


def print_failures(corpus: Sequence[dict[str, Any]], label: str, policy: str) -> None:
    """For the developer: the turn before, the turn with ⟦gold⟧ and what was found in it.

    NEGATIVE prints the negative calls that are touched, WRONG each span that overlaps no gold.
    """
    count = 0
    for call in corpus:
        spans = ours(call, policy)
        if label in ("NEGATIVE", "WRONG"):
            if label == "NEGATIVE" and call["kind"] != "negative":
                continue
            wrong = [
                span
                for span in spans
                if not any(
                    span.turn == gold["turn"]
                    and span.start < gold["end"]
                    and gold["start"] < span.end
                    for gold in call["gold"]
                )
            ]
            for span in wrong:
                text = call["turns"][span.turn]["text"]
                marked = f"{text[: span.start]}⟦{text[span.start : span.end]}⟧{text[span.end :]}"
                before = call["turns"][span.turn - 1]["text"] if span.turn else ""
                print(f"{call['id']} {call['style']} {span.label}\n    {before}\n    {marked}")
                count += 1
            continue
        for gold in call["gold"]:
            if gold["label"] != label or not (rest := missed(call, gold, spans)):
                continue
            text = call["turns"][gold["turn"]]["text"]
            start, end = gold["start"], gold["end"]
            before = call["turns"][gold["turn"] - 1]["text"] if gold["turn"] else ""
            print(f"{call['id']} {call['style']} {gold['form']} {call['region']} left: {rest}")
            print(f"    {before}\n    {text[:start]}⟦{text[start:end]}⟧{text[end:]}")
            for span in spans:
                if span.turn == gold["turn"]:
                    print(f"    found {span.label}: {text[span.start : span.end]}")
            count += 1
    print(f"{count} of {label} under {policy}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.masking")
    parser.add_argument("--seed", choices=sorted(SEEDS), default="reporting")
    parser.add_argument("--language", choices=[ENGLISH, *FRAMES], default=ENGLISH)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--megabytes", type=int, default=10, help="of hostile input; 0: none")
    parser.add_argument("--presidio", action="store_true", help="beside it, installed by pip")
    parser.add_argument(
        "--research",
        nargs="?",
        const="",
        metavar="FILE",
        help="presidio-research's data as well, fetched or from a file",
    )
    parser.add_argument("--failures", choices=[*LABELS, "NEGATIVE", "WRONG"])
    parser.add_argument("--policy", choices=POLICIES, default="strict")
    options = parser.parse_args()
    seed = SEEDS[options.seed]
    corpus = list(
        calls(seed, options.count)
        if options.language == ENGLISH
        else other_calls(options.language, seed, options.count)
    )
    if options.failures:
        print_failures(corpus, options.failures, options.policy)
        return
    result: dict[str, Any] = {"seed": options.seed, "calls": len(corpus)}
    for policy in POLICIES:
        result[policy] = judged(
            score(corpus, lambda call, p=policy: ours(call, p)), policy, options.language
        )
    result["speed"] = speed(corpus, "strict", options.rounds, options.language)
    if options.megabytes:
        result["linear"] = linear(options.megabytes, "strict")
    if options.presidio or options.research is not None:
        from bench import masking_others

        result |= masking_others.run(corpus, ours, options.presidio, options.research)
    json.dump(result, sys.stdout, indent=2)
    print()
    below = [f"{policy}: {name}" for policy in POLICIES for name in result[policy]["below_bound"]]
    if result["speed"]["mb_per_s"] < MB_PER_S:
        below.append("MB/s")
    if (result["speed"]["p95_ms"] or 0) > P95_MS:
        below.append("p95")
    below += [
        f"linear: {name}"
        for name in (HOSTILE if options.megabytes else ())
        if result["linear"][name]["ratio"] > LINEAR
    ]
    if below:
        sys.exit("below the bound: " + "; ".join(below))


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.exit(1)
