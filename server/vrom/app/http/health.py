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
        states = [mount.state for mount in self._library.mounts()]
        usable = sum(state != "broken" for state in states)
        status = "ready" if usable and self._opened.is_set() else "opening" if usable else "nothing mounted"
        document = {"status": status, "cartridges": usable, "broken": len(states) - usable}
        return JSONResponse(document, 200 if status == "ready" else 503)

    def _open(self) -> None:
        from vrom.answers.search import search_docs

        with contextlib.suppress(VromError):
            search_docs(self._library, "warm up", top_k=1)
        self._opened.set()
