"""Writes docs/asvs.md: ``python -m tests.asvs``."""

from __future__ import annotations

from tests.asvs.page import PAGE, render

if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(f"Written: {PAGE}")
