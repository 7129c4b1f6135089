"""`/healthz`: the process is alive. `/readyz`: its cartridges are mounted and their indexes open."""

import contextlib
import threading

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from vrom.errors import VromError
from vrom.library.library import Library


class Readiness:
    """Opens the indexes in the background and records when that is done."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._opened = threading.Event()

    def begin(self) -> None:
        """Start opening indexes and models in a thread, so that the first query needn't wait."""
        threading.Thread(target=self._open, name="vrom-opening", daemon=True).start()

    async def healthz(self, _: Request) -> Response:
        """Respond 200."""
        return JSONResponse({"status": "alive"})

    async def readyz(self, _: Request) -> Response:
        """Respond 200 once the indexes are open, 503 before, or if there is no usable cartridge."""
        mounts, stored = self._library.mounts(), self._library.stored
        usable = [mount for mount in mounts if mount.state != "broken"]
        is_mounted = bool(usable) or (stored is not None and not stored.is_empty)  # for some tokens, if not for all
        status = "ready" if is_mounted and self._opened.is_set() else "opening" if is_mounted else "nothing mounted"
        document = {"status": status, "cartridges": len(usable), "broken": len(mounts) - len(usable)}
        if stored is not None:
            document["store"] = "reachable" if stored.is_reachable else "unreachable"
            if not stored.is_reachable and all(mount.is_stored for mount in usable):
                document["status"] = status = "store unreachable"
        return JSONResponse(document, 200 if status == "ready" else 503)

    def _open(self) -> None:
        from vrom.answers.search import search_docs

        with contextlib.suppress(VromError):
            search_docs(self._library, "warm up", top_k=1)
        self._opened.set()
