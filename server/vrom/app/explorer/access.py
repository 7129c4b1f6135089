"""Access to the explorer: this machine's user by a one-time secret, others by the server's tokens.

After the secret or the token, a signed cookie is the session. It holds nothing secret and no process stores it, so that
every worker process that has the key accepts it.
"""

import hashlib
import hmac
import secrets
import threading
import time
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from vrom.app.http.bearer_tokens import KnownTokens, digest_of
from vrom.errors import InvalidArgumentError

SESSION_SECONDS = 12 * 3600
_LOCAL = "local"


@dataclass
class Access:
    """Rules of access: with a `secret` or `tokens` a session is needed; without either the pages are open."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """Signs sessions; worker processes share it."""
    secret: str = field(default="", repr=False)
    """Starts one session; the first that presents it uses it up."""
    tokens: KnownTokens | None = None
    """Tokens that start a session, and end it when they are removed."""

    def __post_init__(self) -> None:
        self.is_open = not self.secret and self.tokens is None
        self._lock = threading.Lock()

    def use_secret(self, given: str) -> str | None:
        """A new session if `given` is the secret, which is used up then; else None."""
        with self._lock:
            if not self.secret or not hmac.compare_digest(self.secret.encode(), given.encode("utf-8", "replace")):
                return None
            self.secret = ""
        return self._sign(_LOCAL)

    def use_token(self, given: str) -> str | None:
        """A new session if `given` is a known token, else None."""
        if self.tokens is None or self.tokens.find(given) is None:
            return None
        return self._sign(digest_of(given))

    def is_session(self, session: str) -> bool:
        """Return true if `session` was signed here, hasn't expired, and its token, if any, is still known."""
        subject, _, rest = session.partition(".")
        expires, _, _ = rest.partition(".")
        body, _, signature = session.rpartition(".")
        if not hmac.compare_digest(self._mac("session", body), signature.encode("ascii", "replace").decode()):
            return False
        if not expires.isdigit() or int(expires) < time.time():
            return False
        return subject == _LOCAL if self.tokens is None else self._is_known(subject)

    def csrf(self, session: str) -> str:
        """Token that forms of this session carry: another site can't know it."""
        return self._mac("form", session)

    def accepts_form(self, request: Request, given: str) -> bool:
        """Return true if a form comes from one of these pages, shown to the session that sends it."""
        session = session_of(request)
        return is_same_origin(request) and hmac.compare_digest(
            self.csrf(session), given.encode("ascii", "replace").decode()
        )

    def _is_known(self, digest: str) -> bool:
        try:
            return self.tokens is not None and any(token.digest == digest for token in self.tokens.all())
        except InvalidArgumentError:
            return False  # `find` has logged that the file can't be read

    def _sign(self, subject: str) -> str:
        body = f"{subject}.{int(time.time()) + SESSION_SECONDS}.{secrets.token_hex(8)}"
        return f"{body}.{self._mac('session', body)}"

    def _mac(self, purpose: str, text: str) -> str:
        message = f"{purpose}\0{text}".encode("utf-8", "replace")
        return hmac.new(self.key, message, hashlib.sha256).hexdigest()


def session_of(request: Request) -> str:
    """The session that a request presents; empty without one."""
    return request.cookies.get(_cookie(request), "")


def start_session(request: Request, response: Response, session: str) -> None:
    """Set the cookie of a session."""
    response.set_cookie(
        _cookie(request),
        session,
        max_age=SESSION_SECONDS,
        path="/explorer",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def is_same_origin(request: Request) -> bool:
    """Return true unless the browser says that another site sent the request."""
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host", ""):
        return False
    return request.headers.get("sec-fetch-site", "same-origin") == "same-origin"


def _cookie(request: Request) -> str:
    """Name of the cookie: browsers share cookies between the ports of a host."""
    return f"vrom-explorer-{request.url.port or request.url.scheme}"
