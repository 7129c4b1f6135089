"""Bearer tokens over HTTP (RFC 6750), and their metadata document for hosts (RFC 9728)."""

from collections.abc import Iterable

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.shared.auth import ProtectedResourceMetadata
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from vrom.app.http.bearer_tokens import KnownTokens

WELL_KNOWN = "/.well-known/"
METADATA = f"{WELL_KNOWN}oauth-protected-resource"


class Verifier:
    """Implementation of the SDK's `TokenVerifier` for vrom's tokens."""

    def __init__(self, tokens: KnownTokens) -> None:
        self._tokens = tokens

    async def verify_token(self, token: str) -> AccessToken | None:
        """The token's name and digest as an `AccessToken`; None if the token is unknown."""
        known = self._tokens.find(token)
        return AccessToken(token=known.digest, client_id=known.name, scopes=list(known.spaces)) if known else None


class RequireToken:
    """Refuse requests without a known token, except for `open_paths`. `resource` is the protected path.

    Paths under `/.well-known/` are open, so that hosts can discover that the server has no sign-in.
    """

    def __init__(self, app: ASGIApp, resource: str, open_paths: Iterable[str]) -> None:
        self.app = app
        self._resource = resource
        self._open_paths = frozenset(open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or self._is_open(scope["path"]) or _is_known(scope):
            await self.app(scope, receive, send)
        else:
            await self._refusal(Request(scope))(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        return path in self._open_paths or path.startswith(WELL_KNOWN)

    def _refusal(self, request: Request) -> Response:
        where = f'resource_metadata="{_origin(request)}{METADATA}{self._resource}"'
        problem = "Send the header 'Authorization: Bearer TOKEN'. The operator creates one: vrom token new NAME."
        challenge, error = f"Bearer {where}", "unauthorized"
        if "authorization" in request.headers:
            # `invalid_token` only if a token was sent: RFC 6750, section 3.1
            problem = f"The token is not known here, or has been removed. {problem}"
            challenge, error = f'Bearer error="invalid_token", {where}', "invalid_token"
        body = {"error": error, "error_description": problem}
        return JSONResponse(body, 401, headers={"WWW-Authenticate": challenge})


async def describe_resource(resource: str, request: Request) -> Response:
    """The metadata document of the path `resource`, for the origin under which the client reached the server.

    MCP requires an authorization server. Since the operator issues the tokens, the server names itself and offers no
    flow.
    """
    origin = _origin(request)
    document = ProtectedResourceMetadata.model_validate(
        {
            "resource": origin + resource,
            "authorization_servers": [origin],
            "resource_name": "vrom documentation search",
        }
    )
    return JSONResponse(document.model_dump(mode="json", exclude_none=True))


def _is_known(scope: Scope) -> bool:
    return isinstance(scope.get("user"), AuthenticatedUser)


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
