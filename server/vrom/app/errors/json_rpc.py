"""Messages that the SDK would drop, or take for another kind, get an error with their id (JSON-RPC 2.0, section 5)."""

import json
import re
from typing import Any, NamedTuple

from mcp.types import INVALID_REQUEST, PARSE_ERROR, JSONRPCNotification, jsonrpc_message_adapter
from pydantic import ValidationError

_ID = re.compile(r'[{,]\s*"id"\s*:\s*("(?:[^"\\]|\\.){0,200}"|-?[0-9]{1,30})\s*(?=[,}])')
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)


class MessageError(NamedTuple):
    """Why a message is refused."""

    id: str | int | None
    """The message's id as far as it could be read."""
    code: int
    message: str

    def as_json(self) -> dict[str, Any]:
        """The JSON-RPC error response."""
        return {"jsonrpc": "2.0", "id": self.id, "error": {"code": self.code, "message": self.message}}


def find_error(raw: str | bytes) -> MessageError | None:
    """Check a message as it arrived; None if it can be handed on, or is a notification that nobody answers."""
    try:
        message = jsonrpc_message_adapter.validate_json(raw, by_name=False)
    except ValidationError:
        return _explain(raw)
    # The SDK reads a request whose id is neither a string nor an integer as a notification.
    return _explain(raw) if isinstance(message, JSONRPCNotification) and b'"id"' in _as_bytes(raw) else None


def repair_characters(raw: bytes) -> bytes:
    """The message, as long as before, with each half of a character (a lone surrogate) replaced by U+FFFD.

    Models write them; the question around them is worth an answer.
    """
    return _ESCAPE.sub(lambda found: b"\\ufffd" if found[1] else found[0], raw)


def _explain(raw: str | bytes) -> MessageError | None:
    text = _as_bytes(raw).decode("utf-8", "replace")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        found = _ID.search(text)
        identity = json.loads(found[1]) if found else None
        return MessageError(_encodable(identity), PARSE_ERROR, "Parse error: the message is not JSON.")
    if not isinstance(document, dict):
        return MessageError(None, INVALID_REQUEST, "Invalid request: expected a JSON-RPC object, one at a time.")
    if "id" not in document or "method" not in document:
        is_answer = "result" in document or "error" in document or "method" in document
        return None if is_answer else MessageError(None, INVALID_REQUEST, "Invalid request: it has no method.")
    identity = document["id"]
    if isinstance(identity, bool) or not isinstance(identity, str | int):
        return MessageError(None, INVALID_REQUEST, "Invalid request: id is neither a string nor an integer.")
    if _SURROGATE.search(json.dumps(document, ensure_ascii=False)):
        problem = "Invalid request: a text holds half of a character (a lone surrogate)."
    elif not isinstance(document["method"], str):
        problem = "Invalid request: method is not a string."
    elif not isinstance(document.get("params", {}), dict):
        problem = "Invalid request: params is not an object."
    elif document.get("jsonrpc") != "2.0":
        problem = 'Invalid request: jsonrpc is not "2.0".'
    else:
        problem = "Invalid request."
    return MessageError(_encodable(identity), INVALID_REQUEST, problem)


def _encodable(identity: Any) -> Any:
    return identity.encode("utf-8", "replace").decode() if isinstance(identity, str) else identity


def _as_bytes(raw: str | bytes) -> bytes:
    return raw.encode("utf-8", "replace") if isinstance(raw, str) else raw
