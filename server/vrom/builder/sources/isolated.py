"""Parsers in child processes, which can be stopped: 824 bytes of nested substitutions keep docutils busy for ever.

A child reads one document after another, as a line of JSON, and answers each with a line. One that takes too long or
too much memory is read in another way or skipped, and the next document gets a new child. Each thread that reads has
a child of its own.
"""

import atexit
import base64
import importlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any

from vrom.builder.document import Document, Remark
from vrom.builder.sources.extra import MissingExtraError
from vrom.builder.sources.formats.encodings.decode import NothingToReadError, UnreadableError
from vrom.builder.sources.formats.restructured_text.read import read_plainly
from vrom.storage.memory_limit import limit_memory

SECONDS, SECONDS_PER_MB = 20.0, 20.0
"""Time for a document: so much, and for each megabyte of it so much more. A page of 100 kB takes half a second."""
MEMORY = 6 * 2**30
"""Bytes of address space of the child, where the system limits it."""

_READERS = {
    "asciidoc": "formats.markup.asciidoc.read:read_asciidoc",
    "docbook": "formats.markup.docbook.read:read_docbook",
    "docx": "formats.office.docx:read_docx",
    "html": "formats.html.page:read_html",
    "interface": "code.interfaces.read:read_interface",
    "manual": "formats.manuals.man.read:read_manual",
    "notebook": "formats.notebook:read_notebook",
    "org": "formats.markup.org:read_org",
    "pdf": "formats.office.pdf.read:read_pdf",
    "pod": "formats.manuals.pod:read_pod",
    "r": "formats.manuals.r_documentation:read_r_documentation",
    "rst": "formats.restructured_text.read:read_restructured_text",
    "texinfo": "formats.manuals.texinfo.read:read_texinfo",
}
"""Module and function of each kind's reader, which is imported with its first document."""
_SLOWER = {"pdf": 16}
"""How many times longer a document of a kind may take: the size of a PDF says little about its pages."""


class ParserError(UnreadableError):
    """A parser failed, or took too long or too much memory; the document may still be readable in another way."""


_ERRORS: dict[str, type[Exception]] = {
    error.__name__: error for error in (UnreadableError, NothingToReadError, MissingExtraError, ParserError)
}


def read_isolated(kind: str, content: str | bytes, name: str, url: str = "") -> Iterator[Document]:
    """Read a document of a kind of `_READERS` in a child process: a text, or the bytes of a binary format.

    reStructuredText that takes docutils too long or too much memory is read line by line. Raises `UnreadableError` as
    the parser does, and `ParserError` for other documents that it takes too long.
    """
    encoded = {"text": content} if isinstance(content, str) else {"bytes": base64.b64encode(content).decode()}
    request = {"kind": kind, "name": name, "url": url, **encoded}
    try:
        answer = ask_child(request, SECONDS * _SLOWER.get(kind, 1) + SECONDS_PER_MB * len(content) / 1e6)
    except ParserError as error:
        if kind != "rst" or not isinstance(content, str):
            raise
        yield from read_plainly(content, name, str(error))
        return
    for fields in answer["documents"]:
        remarks = tuple(Remark(**remark) for remark in fields.pop("remarks"))
        yield Document(**fields, remarks=remarks)


def ask_child(request: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Send a request to the child process and wait for its answer, no longer than `seconds`.

    Raises `UnreadableError` or `MissingExtraError` as the parser does, and `ParserError` if it fails, or takes too long
    or too much memory.
    """
    with _children.borrow() as child:
        return child.read(request, seconds)


class _Children:
    """Child processes that are kept for the next documents."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Child] = []

    @contextmanager
    def borrow(self) -> "Iterator[_Child]":
        """Yield a child that no other thread uses meanwhile."""
        with self._lock:
            child = self._idle.pop() if self._idle else _Child()
        try:
            yield child
        finally:
            with self._lock:
                self._idle.append(child)

    def stop(self) -> None:
        """End the children that are idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.stop()


class _Child:
    """A child process, started with the first document."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send a request to the child and wait for its answer."""
        answer = self._ask(json.dumps(request).encode() + b"\n", seconds)
        if error := answer.get("error"):
            raise _ERRORS.get(error, ParserError)(answer["message"])
        return answer

    def stop(self) -> None:
        """End the child, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    with suppress(OSError):
                        stream.close()

    def _ask(self, request: bytes, seconds: float) -> dict[str, Any]:
        """The child's answer. Raises `ParserError` if it came to none, or not in time."""
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = _start()
        process, begun = self._process, time.monotonic()
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(request)
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError:
            answer = b""
        finally:
            timer.cancel()
        if not answer.endswith(b"\n"):
            self.stop()
            if time.monotonic() - begun >= seconds:
                raise ParserError(f"parsing it took more than {seconds:.0f} s")
            raise ParserError("its parser ended without an answer, as it does when it takes too much memory")
        decoded: dict[str, Any] = json.loads(answer)
        return decoded


def _start() -> "subprocess.Popen[bytes]":
    # -P: a module of the folder that vrom was started in is never imported.
    command = [sys.executable, "-P", "-c", "from vrom.builder.sources.isolated import serve; serve()"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603


_children = _Children()
atexit.register(_children.stop)


def serve() -> None:
    """Run as the child process: read documents from stdin until it ends."""
    limit_memory(MEMORY)
    stdout, sys.stdout = sys.stdout, sys.stderr  # what a parser prints is no answer
    for line in sys.stdin.buffer:
        stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        stdout.flush()


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        return _read(request)
    except (UnreadableError, MissingExtraError) as error:
        return {"error": type(error).__name__, "message": str(error)}
    except Exception as error:  # noqa: BLE001 - of the parser; the document is named and skipped
        return {"error": "ParserError", "message": f"the parser fails: {type(error).__name__}"}


def _read(request: dict[str, Any]) -> dict[str, Any]:
    kind = request["kind"]
    if kind == "docstrings":
        from vrom.builder.sources.included.docstrings.write import answer_request

        return answer_request(request)
    if kind in ("readme", "reference", "module"):
        from vrom.builder.sources.code.python.untrusted import read_request

        return read_request(request)
    module, _, function = _READERS[kind].partition(":")
    read = getattr(importlib.import_module(f"vrom.builder.sources.{module}"), function)
    content = base64.b64decode(request["bytes"]) if "bytes" in request else request["text"]
    found = read(content, request["name"], *([request["url"]] if request.get("url") else []))
    return {
        "documents": [
            {**document.fields(), "remarks": [asdict(remark) for remark in document.remarks]} for document in found
        ]
    }
