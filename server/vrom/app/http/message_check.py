"""Check of JSON-RPC messages before the SDK reads them."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vrom.app.errors.json_rpc import find_error, repair_characters


class CheckMessages:
    """Respond 400 with a JSON-RPC error to a message that the protocol's endpoint would drop or take for another kind.

    It reads the whole body, so it stands within the limit of size.
    """

    def __init__(self, app: ASGIApp, paths: tuple[str, ...]) -> None:
        self.app = app
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith(self._paths):
            await self.app(scope, receive, send)
            return
        body = bytearray()
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        else:
            return  # the client is gone
        given = bytes(body)
        if error := find_error(given):
            given = repair_characters(given)
            if find_error(given):
                await JSONResponse(error.as_json(), 400)(scope, receive, send)
                return
        whole = iter([{"type": "http.request", "body": given, "more_body": False}])

        async def replay() -> Message:
            return next(whole, None) or await receive()

        await self.app(scope, replay, send)
