"""The OpenAPI document's common answers."""

from __future__ import annotations

from typing import Any

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "additionalProperties": True,
}
ANSWERS = {
    "400": "The request could not be read.",
    "401": "No credentials, or none that hold.",
    "403": "Not allowed: the scope, the consent or the role is missing.",
    "404": "Not there, or not yours.",
    "405": "The method is not allowed here.",
    "406": "No such representation.",
    "409": "The object's state does not allow it.",
    "413": "The body is too large.",
    "415": "The media type is not read here.",
    "422": "The values do not hold.",
    "429": "Too many requests; see Retry-After.",
    "503": "A part is not reachable.",
}


def add_problem_answers(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """drf-spectacular post-processing hook: every operation may answer with a problem."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path in result.get("paths", {}).values():
        for operation in path.values():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            for status, description in ANSWERS.items():
                operation["responses"].setdefault(
                    status,
                    {
                        "description": description,
                        "content": {
                            "application/problem+json": {
                                "schema": {"$ref": "#/components/schemas/Problem"}
                            }
                        },
                    },
                )
    return result
