"""Written e-mail addresses."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from masking.detectors.finding import Finding
from masking.tokens import Tokens

# RFC 5321 4.5.3.1: a local part has at most 64 octets, a domain 255. The bounds also keep the
# look around each @ constant, so "a@a@a@..." stays linear.
_LOCAL = re.compile(r"[^\s@<>()\[\],;:\"]{1,64}\Z")
_DOMAIN = re.compile(r"(?:[^\W_]|-){1,63}(?:\.(?:[^\W_]|-){1,63}){1,8}")


def find_emails(tokens: Tokens) -> Iterator[Finding]:
    """The addresses of a call; their numbers are claimed, so that no run forms of them."""
    for index, word in enumerate(tokens.text):
        if word == "@":
            finding = _around(tokens, index)
            if finding is not None:
                for token in finding.tokens:
                    tokens.number.pop(token, None)
                yield finding


def _around(tokens: Tokens, at: int) -> Finding | None:
    turn = tokens.turn[at]
    text = tokens.views[turn].text
    local = _LOCAL.search(text[max(0, tokens.start[at] - 64) : tokens.start[at]])
    domain = _DOMAIN.match(text[tokens.end[at] : tokens.end[at] + 255])
    if local is None or domain is None:
        return None
    start = tokens.start[at] - len(local.group())
    end = tokens.end[at] + len(domain.group())
    low, high = tokens.first[turn], tokens.first[turn + 1]
    # A token cut by the bound belongs to the address as a whole.
    first = max(low, bisect_right(tokens.start, start, low, high) - 1)
    if tokens.end[first] <= start:
        first += 1
    last = bisect_right(tokens.start, end - 1, low, high) - 1
    return Finding(range(first, last + 1), "EMAIL", 0.95, "email.address")
