"""The pages for people against what they stand beside: the health probe, the tool, and a short list."""

import contextlib
import http.client
import json
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import orjson

from benchmarks.corpus import Corpus, questions
from benchmarks.servers import vrom_server
from benchmarks.tables import Table, milliseconds, ratio, text

MANY = 10_000
"""Cartridges of the long list."""
FEW = 100


def tables(corpus: Corpus, *, quick: bool) -> list[Table]:
    columns = [text("figure"), milliseconds("base"), milliseconds("page"), ratio("ratio"), text("at most")]
    table = Table(
        "Pages for people", "base: what the row names, asked of the same build in turn with the page", columns
    )
    _add_starts(table, corpus, rounds=4 if quick else 11)
    _add_searches(table, corpus, rounds=100 if quick else 400)
    _add_lists(table, corpus, rounds=60 if quick else 300)
    return [table]


def _add(table: Table, figure: str, base: float, page: float, target: str) -> None:
    table.rows.append((figure, base, page, page / base, target))


def _add_starts(table: Table, corpus: Corpus, rounds: int) -> None:
    took: dict[str, list[float]] = {"/healthz": [], "/explorer/": []}
    for number in range(rounds + 1):
        for path, seconds in took.items():
            begun = time.perf_counter()
            with _serving(corpus.one, corpus.environment) as connection:
                _get(connection, path)
                if number:  # the first writes bytecode
                    seconds.append(time.perf_counter() - begun)
    probe, page = (statistics.median(seconds) for seconds in took.values())
    _add(table, "process start to the first page (base: to the first health probe)", probe, page, "1.5")


def _add_searches(table: Table, corpus: Corpus, rounds: int) -> None:
    tool, page = [], []
    with _serving(corpus.one, corpus.environment) as connection:
        asked = questions(3)
        for number in range(rounds + 20):
            first, second = next(asked), next(asked)
            by_tool, by_page = _timed(_call, connection, first), _timed(_search, connection, second)
            if number >= 20:
                tool.append(by_tool)
                page.append(by_page)
    _add(table, "search, p50 (base: the tool over HTTP)", statistics.median(tool), statistics.median(page), "1.3")
    tool.sort()
    page.sort()
    at = int(len(tool) * 0.95)
    _add(table, "search, p95 (base: the tool over HTTP)", tool[at], page[at], "1.3")


def _add_lists(table: Table, corpus: Corpus, rounds: int) -> None:
    """Pages of the list as somebody looks at them: pauses of all lengths between two, so that folders are scanned."""
    with TemporaryDirectory() as made:
        few, many = Path(made, "few"), Path(made, "many")
        _make_packages(corpus.one, few, FEW)
        _make_packages(corpus.one, many, MANY)
        took: dict[Path, list[float]] = {few: [], many: []}
        with contextlib.ExitStack() as stack:
            opened = {root: stack.enter_context(_serving(root, corpus.environment)) for root in took}
            for root, connection in opened.items():
                _get(connection, "/explorer/")
                for number in range(rounds):
                    words = f"?page={number % 150 + 1}" if number % 2 else f"?q=cartridge+{number}"
                    took[root].append(_timed(_get, connection, f"/explorer/{words}"))
                    time.sleep((number % 7) * 0.02)
    base, page = took[few], took[many]
    about = f"of {MANY:,} cartridges"
    _add(table, f"list {about}, p50 (base: of {FEW})", statistics.median(base), statistics.median(page), "")
    _add(table, f"list {about}, slowest (base: of {FEW})", max(base), max(page), "")


def _make_packages(source: Path, root: Path, count: int) -> None:
    """Packages that differ in their manifests; their other files are links to the same ones."""
    package = next(path for path in (source, *sorted(source.iterdir())) if (path / "manifest.json").is_file())
    manifest = orjson.loads((package / "manifest.json").read_bytes())
    for number in range(count):
        folder = root / f"cartridge-{number}"
        folder.mkdir(parents=True)
        for file in package.iterdir():
            if file.name != "manifest.json":
                (folder / file.name).hardlink_to(file) if _links(file, folder) else shutil.copyfile(
                    file, folder / file.name
                )
        named = manifest | {"vrom_id": folder.name, "description": f"Documentation of cartridge {number}"}
        (folder / "manifest.json").write_bytes(orjson.dumps(named))


def _links(file: Path, folder: Path) -> bool:
    return file.stat().st_dev == folder.stat().st_dev


@contextlib.contextmanager
def _serving(cartridges: Path, environment: dict[str, str]) -> Iterator[http.client.HTTPConnection]:
    """A connection to a server with the pages."""
    command = vrom_server(cartridges, "--transport", "streamable-http", "--port", "0", "--explorer")
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            port = next(int(found[1]) for line in process.stderr or () if (found := re.search(r":(\d+)/mcp", line)))
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
                yield connection
        finally:
            process.terminate()


def _timed(ask: object, connection: http.client.HTTPConnection, what: str) -> float:
    begun = time.perf_counter()
    ask(connection, what)  # type: ignore[operator]
    return time.perf_counter() - begun


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    return _body(connection)


def _search(connection: http.client.HTTPConnection, query: str) -> None:
    page = _get(connection, f"/explorer/search?q={quote(query)}")
    if b'class="passage' not in page:
        raise RuntimeError(f"the page of {query!r} has no passage")


def _call(connection: http.client.HTTPConnection, query: str) -> None:
    call = {"name": "search_docs", "arguments": {"query": query}}
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    connection.request("POST", "/mcp", json.dumps(request), headers)
    if b'"isError":true' in (body := _body(connection)) or b'"content"' not in body:
        raise RuntimeError(f"{query!r} was answered with {body[-200:]!r}")


def _body(connection: http.client.HTTPConnection) -> bytes:
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"status {answer.status}: {body[:200]!r}")
    return body
