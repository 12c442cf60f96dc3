"""Prints the corpus, one call a line."""

from __future__ import annotations

import argparse
import json

from bench.masking_corpus import COUNT, SEEDS, calls


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.masking_corpus")
    parser.add_argument("--seed", choices=sorted(SEEDS), default="development")
    parser.add_argument("--count", type=int, default=COUNT)
    options = parser.parse_args()
    for call in calls(SEEDS[options.seed], options.count):
        print(json.dumps(call, ensure_ascii=False))


if __name__ == "__main__":
    main()
