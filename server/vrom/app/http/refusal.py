"""Responses to requests refused before they reach the protocol."""

from starlette.responses import JSONResponse

INVALID_REQUEST = -32600
TRY_AGAIN = -32000
"""JSON-RPC 2.0, section 5.1: an invalid request, and a code from the range of server errors."""


def refusal(status: int, message: str, retry_after: int | None = None) -> JSONResponse:
    """An HTTP error whose body is a JSON-RPC error, so that MCP clients show the message.

    `retry_after` is in seconds.
    """
    code = INVALID_REQUEST if retry_after is None else TRY_AGAIN
    headers = None if retry_after is None else {"Retry-After": str(retry_after)}
    return JSONResponse(
        {"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": message}}, status, headers=headers
    )
