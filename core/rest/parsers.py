"""Reading request bodies."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.parsers import BaseParser

from core.errors import Malformed, TooLarge
from core.rest.text import refuse_unstorable


class StrictJSONParser(BaseParser):
    """JSON (RFC 8259) within ``MAX_JSON_BYTES``: no NaN, no NUL, no lone surrogate."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        limit: int = settings.MAX_JSON_BYTES
        try:
            body = stream.read(limit + 1)
        except RequestDataTooBig:
            body = b"x" * (limit + 1)
        if len(body) > limit:
            raise TooLarge(f"A JSON body may hold {limit} bytes at most.", code="body-too-large")
        try:
            data = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        except UnicodeDecodeError:
            raise Malformed("The body is not UTF-8.", code="malformed-json") from None
        except (ValueError, RecursionError):
            raise Malformed("The body is not valid JSON.", code="malformed-json") from None
        refuse_unstorable(data)
        return data


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


class RawParser(BaseParser):
    """Any media type, untouched: the view reads the stream itself, in chunks."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream
