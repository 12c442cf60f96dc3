"""Runs Presidio over calls as JSON lines; started by `bench.masking_others`, never by hand.

Alone in an environment of its own, so nothing of ours is imported. Writes one line first: the
version and whether a model for named entities was there; then each call's findings.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from typing import Any


def engine() -> tuple[Any, str]:
    """Presidio with a spaCy model, or with its patterns and recognisers of words alone."""
    import spacy
    import spacy.util
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    installed = spacy.util.get_installed_models()
    wanted = [name for name in ("en_core_web_lg", "en_core_web_sm") if name in installed]

    class Loaded(SpacyNlpEngine):
        def __init__(self) -> None:
            super().__init__()
            self.nlp = {"en": spacy.load(wanted[0]) if wanted else spacy.blank("en")}

        def load(self) -> None:
            """Nothing to fetch."""

    return AnalyzerEngine(nlp_engine=Loaded(), supported_languages=["en"]), (
        wanted[0] if wanted else "none"
    )


def main() -> None:
    analyzer, model = engine()
    head = {"version": importlib.metadata.version("presidio-analyzer"), "model": model}
    print(json.dumps(head), flush=True)
    spent, size = 0.0, 0
    for line in sys.stdin:
        call, found = json.loads(line), []
        for number, turn in enumerate(call["turns"]):
            start = time.perf_counter()
            results = analyzer.analyze(turn["text"], language="en")
            spent += time.perf_counter() - start
            size += len(turn["text"].encode())
            found += [[number, each.start, each.end, each.entity_type] for each in results]
        print(json.dumps(found), flush=True)
    print(json.dumps({"mb_per_s": round(size / spent / 1e6, 4) if spent else None}))


if __name__ == "__main__":
    main()
