"""What a build costs: a first one, an unchanged one, one after a page has changed; and its embedding stage.

    uv run benchmarks/build.py [DOCS ...]

DOCS are folders of documentation, by default this project's own; they are built as one source. Each build is a
`vrom build` command in a fresh home that has the model and nothing else: times are wall times, the start of Python
included, and memory is the process's peak. The embedding stage is compared with fastembed given the same texts, in its
default batches and one text at a time. vrom embeds each text alone, on every core, so that a vector depends on its text
only.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from vrom.embedding.agreement import embedded_text
from vrom.embedding.model_store import ModelStore
from vrom.embedding.native import import_fastembed
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.format.read import read_package
from vrom.settings import read_settings

OWN_DOCS = Path(__file__).parent.parent / "docs"
FASTEMBED_TEXTS = 400
"""fastembed alone gets so many of the texts, evenly spread: in batches it is slow."""


@dataclass(frozen=True)
class Run:
    """One `vrom build` command."""

    name: str
    seconds: float
    peak: int
    """Bytes."""
    report: dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("docs", nargs="*", type=Path, default=[OWN_DOCS])
    folders = parser.parse_args().docs
    store = ModelStore(read_settings().models)
    store.pull(DEFAULT_SPEC)
    with tempfile.TemporaryDirectory(prefix="vrom-benchmark-") as work:
        home, source = Path(work, "home"), Path(work, "source")
        home.mkdir()
        (home / "models").symlink_to(store.folder.absolute())
        for folder in folders:
            shutil.copytree(folder, source / folder.resolve().name)
        runs = [build("first build", home, source), build("unchanged", home, source)]
        change_a_page(source)
        runs.append(build("one page changed", home, source))
        print_runs(runs)
        package = read_package(home / "vroms" / "docs")
        print_rates(runs[0], [embedded_text(chunk, package.manifest) for chunk in package.chunks], store)


def build(name: str, home: Path, source: Path) -> Run:
    command = [sys.executable, "-m", "vrom", "build", str(source), "--id", "docs", "--json"]
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=os.environ | {"VROM_HOME": str(home)}, stdout=subprocess.PIPE)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)  # the peak of this process alone
    seconds = time.perf_counter() - begun
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(code)
    return Run(name, seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), json.loads(output))


def change_a_page(source: Path) -> None:
    """Add a paragraph to the page in the middle."""
    pages = sorted(source.rglob("*.md"))
    with pages[len(pages) // 2].open("a") as page:
        page.write("\n\n## What is new\n\nThis paragraph was not here when the cartridge was built the last time.\n")


def print_runs(runs: Sequence[Run]) -> None:
    first = runs[0]
    report = first.report
    table = Table(title=f"{report['pages']} pages, {report['chunks']:,} chunks, {os.cpu_count()} cores", box=None)
    for column in ("", "seconds", "× faster", "peak MB", "embedded", "read", "cut", "embed", "link", "write"):
        table.add_column(column, justify="left" if not column else "right")
    for run in runs:
        stages = [f"{run.report['seconds'].get(stage, 0):.2f}" for stage in ("read", "cut", "embed", "link", "write")]
        faster = f"{first.seconds / run.seconds:.1f}"
        embedded = f"{run.report['embedded']:,}"
        table.add_row(run.name, f"{run.seconds:.2f}", faster, f"{run.peak / 1e6:.0f}", embedded, *stages)
    Console(width=120).print(table)


def print_rates(first: Run, texts: Sequence[str], store: ModelStore) -> None:
    some = texts[:: -(-len(texts) // FASTEMBED_TEXTS)]
    fastembed = import_fastembed()
    embedder = store.open(DEFAULT_SPEC)  # which also makes the model known to fastembed
    name = next(m["model"] for m in fastembed.TextEmbedding.list_supported_models() if m["model"].startswith("vrom-"))
    model = fastembed.TextEmbedding(name, specific_model_path=str(store.locate(DEFAULT_SPEC)))
    rates = {
        "vrom build, the embedding stage": first.report["embedded"] / first.report["seconds"]["embed"],
        "vrom, all cores": rate(some, lambda: embedder.embed_many(some)),
        "fastembed, one text at a time": rate(some, lambda: [list(model.embed([text])) for text in some]),
        "fastembed, default batches": rate(some, lambda: list(model.embed(some))),
    }
    table = Table(title="Embedding", box=None)
    table.add_column("")
    table.add_column("chunks/s", justify="right")
    for what, number in rates.items():
        table.add_row(what, f"{number:.0f}")
    Console(width=120).print(table)


def rate(texts: Sequence[str], embed: Any) -> float:
    begun = time.perf_counter()
    embed()
    return len(texts) / (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
