"""The same in Spanish: see the English formats."""

from voicecompliance.formats.en.formats import *  # noqa: F403
