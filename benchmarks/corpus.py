"""What is searched: cartridges of about 3,000 chunks, built by `vrom build` of pages made here, and questions to ask.

The pages are the sentences of this project's own documentation, shuffled under shuffled headings: ordinary English and
code of ordinary length, the same on every machine. They are built once and kept beside vrom's cache.
"""

import itertools
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vrom.embedding.model_store import ModelStore
from vrom.embedding.recipes import DEFAULT_SPEC
from vrom.settings import read_settings

DOCS = Path(__file__).parent.parent / "docs"
PAGES, SECTIONS = 100, 30
PARTS = 10
_VERSION = "1"
"""Goes up when the pages change."""

_QUESTIONS = ("how do I {} a {}", "{} fails with {}", "what is the default of {} in {}", "{} and {}", "why does {} {}")


@dataclass(frozen=True)
class Corpus:
    """A home with the model and a warm cache; the same chunks in one cartridge and in ten."""

    home: Path
    one: Path
    ten: Path

    @property
    def environment(self) -> dict[str, str]:
        """Of every process that is measured.

        Bytecode is kept and used, as in any installation, whatever the shell says.
        """
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**kept, "VROM_HOME": str(self.home), "PYTHONPYCACHEPREFIX": str(self.home / "bytecode")}


def prepare(cartridges: Path | None = None) -> Corpus:
    """The corpus, made if need be, which takes a minute. `cartridges` is a folder to search instead."""
    settings = read_settings()
    ModelStore(settings.models).pull(DEFAULT_SPEC)
    home = settings.cache / f"benchmarks-{_VERSION}"
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "models").exists():
        (home / "models").symlink_to(settings.models.absolute())
    corpus = Corpus(home, cartridges or home / "one", home / "ten")
    if not (home / "ten").is_dir():
        _build(corpus)
    return corpus


def questions(seed: int = 0) -> Iterator[str]:
    """Questions in the words of the pages, none twice."""
    text = " ".join(page.read_text() for page in sorted(DOCS.glob("*.md")))
    words = sorted(set(re.findall(r"\b[a-z][a-z_]{4,12}\b", text)))
    shuffled = random.Random(seed).sample(words, len(words))
    for number, pair in enumerate(itertools.permutations(shuffled, 2)):
        yield _QUESTIONS[number % len(_QUESTIONS)].format(*pair)


def _build(corpus: Corpus) -> None:
    sys.stderr.write("Building what is searched, once; this takes a minute.\n")
    pages = corpus.home / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    for number, page in enumerate(_pages()):
        folder = pages / f"part{number % PARTS}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"page{number}.md").write_text(page)
    beside = corpus.home / "ten.partial"
    shutil.rmtree(beside, ignore_errors=True)
    _vrom(corpus, pages, "benchmark", corpus.home / "one" / "benchmark")
    for part in range(PARTS):
        _vrom(corpus, pages / f"part{part}", f"part{part}", beside / f"part{part}")
    beside.rename(corpus.home / "ten")


def _vrom(corpus: Corpus, source: Path, name: str, out: Path) -> None:
    command = [sys.executable, "-m", "vrom", "build", str(source), "--id", name, "--out", str(out)]
    subprocess.run(command, env=corpus.environment, check=True, capture_output=True)


def _pages() -> Iterator[str]:
    prose, code, headings = _material()
    chance = random.Random(7)
    for page in range(PAGES):
        sections = [f"# {chance.choice(headings)} {page}"]
        for section in range(SECTIONS):
            body = " ".join(chance.sample(prose, chance.randint(3, 7)))
            example = f"\n\n{chance.choice(code)}" if chance.random() < 0.3 else ""
            sections.append(f"## {chance.choice(headings)} {page}.{section}\n\n{body}{example}")
        yield "\n\n".join(sections) + "\n"


def _material() -> tuple[list[str], list[str], list[str]]:
    """Sentences, fenced examples and headings of this project's documentation."""
    text = "\n\n".join(page.read_text() for page in sorted(DOCS.glob("*.md")))
    code = re.findall(r"^```[a-z]*\n.*?^```$", text, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", rest, re.MULTILINE)
    paragraphs = [p for p in rest.split("\n\n") if p[:1].isalpha()]
    prose = [s for p in paragraphs for s in re.split(r"(?<=[.!?]) ", " ".join(p.split())) if 30 < len(s) < 300]
    return prose, [c for c in code if len(c) < 600], headings
