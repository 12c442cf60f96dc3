"""Speech with the time of each word, from espeak-ng's own word events."""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
from typing import Any, NamedTuple

import numpy as np

Samples = np.ndarray[Any, np.dtype[np.float64]]

_RETRIEVAL = 1  # AUDIO_OUTPUT_RETRIEVAL: samples go to the callback, none to a sound card
_UTF8, _END_PAUSE = 1, 0x1000
_LIST_TERMINATED, _WORD = 0, 1
_QUIET = 0.01
"""Samples under this share of full scale are silence between words."""


class Spoken(NamedTuple):
    """Samples between -1 and 1 at `rate` Hz; words as (text, first sample, last sample)."""

    samples: Samples
    rate: int
    words: list[tuple[str, int, int]]


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class _Engine:
    """espeak-ng holds one state a process, so there is one of these."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1"
        self.library = ctypes.CDLL(name)
        self.rate = int(self.library.espeak_Initialize(_RETRIEVAL, 500, None, 0))
        if self.rate <= 0:
            raise RuntimeError("espeak-ng does not start; are its voices installed?")
        self.callback = _Callback(self._receive)
        self.library.espeak_SetSynthCallback(self.callback)
        self.chunks: list[np.ndarray[Any, np.dtype[np.int16]]] = []
        self.events: list[tuple[int, int]] = []

    def _receive(self, wav: Any, count: int, events: Any) -> int:
        if count and wav:
            self.chunks.append(np.ctypeslib.as_array(wav, (count,)).astype(np.int16))
        index = 0
        while events[index].type != _LIST_TERMINATED:
            if events[index].type == _WORD:
                self.events.append((events[index].text_position - 1, events[index].sample))
            index += 1
        return 0

    def speak(self, text: str, voice: str) -> tuple[Samples, list[tuple[int, int]]]:
        self.chunks, self.events = [], []
        if self.library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise RuntimeError(f"espeak-ng has no voice {voice}")
        raw = text.encode()
        status = self.library.espeak_Synth(
            raw, ctypes.c_size_t(len(raw) + 1), 0, 0, 0, _UTF8 | _END_PAUSE, None, None
        )
        if status != 0:
            raise RuntimeError(f"espeak-ng failed with {status}")
        self.library.espeak_Synchronize()
        return np.concatenate(self.chunks) / 32768.0, self.events


@functools.cache
def _engine() -> _Engine:
    return _Engine()


def speak(text: str, voice: str) -> Spoken:
    """`text` in an espeak-ng voice such as `en-us+f3`. Raises RuntimeError without espeak-ng."""
    engine = _engine()
    samples, events = engine.speak(text, voice)
    return Spoken(samples, engine.rate, _words(text, samples, events))


def _words(
    text: str, samples: Samples, events: list[tuple[int, int]]
) -> list[tuple[str, int, int]]:
    """Each word with its samples: from its event to the last sound before the next word's.

    The dictionary speaks some pairs as one ("of the") with one event for both: they share its
    time by their lengths.
    """
    starts: list[tuple[str, int]] = []
    position = 0
    for word in text.split():
        position = text.index(word, position)
        starts.append((word, position))
        position += len(word)
    at = [_event(place, place + len(word), events) for word, place in starts]
    words: list[tuple[str, int, int]] = []
    index = 0
    while index < len(starts):
        stop = index + 1
        while stop < len(starts) and at[stop] is None:
            stop += 1
        begin = at[index] or 0
        following = at[stop] if stop < len(starts) else None
        end = _last_sound(samples, begin, len(samples) if following is None else following)
        words += _share([word for word, _ in starts[index:stop]], begin, end)
        index = stop
    return words


def _event(start: int, end: int, events: list[tuple[int, int]]) -> int | None:
    """The sample of the first event inside a word's characters."""
    return next((sample for place, sample in events if start <= place < end), None)


def _last_sound(samples: Samples, begin: int, end: int) -> int:
    loud = np.flatnonzero(np.abs(samples[begin:end]) > _QUIET)
    return begin + int(loud[-1]) + 1 if len(loud) else end


def _share(words: list[str], begin: int, end: int) -> list[tuple[str, int, int]]:
    total = sum(map(len, words))
    shared, done = [], 0
    for word in words:
        start = begin + (end - begin) * done // total
        done += len(word)
        shared.append((word, start, begin + (end - begin) * done // total))
    return shared
