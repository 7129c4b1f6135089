"""Compare what the pages of a tree hold with what vrom's chunks of them say."""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

from benchmarks.reading.leftovers import count_kinds, find_leftovers
from benchmarks.reading.originals.original import Original, code_lines, count_words, squeeze
from benchmarks.reading.originals.readers import READERS
from benchmarks.reading.trees import Tree
from vrom.builder.chunking.chunker import TARGET, chunk_documents
from vrom.builder.chunking.token_budget import TokenBudget
from vrom.builder.read_sources import ReadResult, read_documents
from vrom.builder.request import BuildRequest
from vrom.embedding.embedder import Embedder
from vrom.format.models import Chunk

_LONG = 200
"""A longer line of code may be cut in two by the limit of a chunk."""
_PRE = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL | re.IGNORECASE)
_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass
class Share:
    """So many of so many."""

    kept: int = 0
    total: int = 0

    def add(self, kept: int, total: int) -> None:
        self.kept += kept
        self.total += total

    @property
    def value(self) -> float | None:
        return self.kept / self.total if self.total else None


@dataclass
class Figures:
    """What is kept of a tree, and what is missing."""

    pages: int = 0
    read: int = 0
    chunks: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    """Reasons, with the number of pages."""
    codes: Share = field(default_factory=Share)
    headings: Share = field(default_factory=Share)
    """In title paths, or as headings in a chunk: short sections are joined under the path of their parent."""
    in_paths: int = 0
    """Those of them that are in a title path."""
    words: Share = field(default_factory=Share)
    leftovers: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    missing: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Examples by measure, each with its page."""

    @property
    def leftovers_per_hundred(self) -> float:
        return 100 * self.leftovers.total() / self.chunks if self.chunks else 0.0


def read_tree(folder: Path, cache: Path, embedder: Embedder) -> tuple[ReadResult, list[Chunk]]:
    """The documents and chunks that a build makes of a folder, without vectors."""
    request = BuildRequest(vrom_id="tree", sources=(str(folder),))
    read = read_documents(request, cache / "pages")
    budget = TokenBudget(embedder.count_tokens, TARGET, embedder.max_tokens)
    return read, chunk_documents(read.documents, budget, request.url_of)


def measure(tree: Tree, cache: Path, embedder: Embedder) -> Figures:
    """Measure a tree. Raises `UnavailableError` if it can't be had."""
    folder, pages = tree.sample(cache)
    read, chunks = read_tree(folder, cache, embedder)
    found = Figures(pages=len(pages))
    found.remarks.update(remark.subject for document in read.documents for remark in document.remarks)
    by_page: dict[str, list[Chunk]] = defaultdict(list)
    for chunk in chunks:
        by_page[chunk.source_file.partition("#")[0]].append(chunk)
    for page in pages:
        by_page.setdefault(page, by_page.get(page.removesuffix(".gz"), []))
    reasons = {document.source_file: "no text but headings" for document in read.documents}
    reasons |= {entry.name: entry.reason for entry in read.skipped}
    for page in pages:
        original = READERS[tree.syntax]((folder / page).read_bytes(), tree, folder / page)
        if not by_page[page]:
            if original.codes or original.words:
                found.left_out[_reason(page, reasons)] += 1
            continue
        found.read += 1
        _compare(page, original, by_page[page], found)
    of_pages = [chunk for page in pages for chunk in by_page[page]]
    found.chunks = len(of_pages)
    for chunk in of_pages:
        over = list(find_leftovers(chunk.text))
        found.leftovers += count_kinds(over)
        found.missing["leftovers"] += [f"{chunk.source_file}: {kind}: {what}" for kind, what in over]
    return found


def _reason(page: str, reasons: dict[str, str]) -> str:
    suffix = "*" + Path(page).suffix.lower()
    return reasons.get(page) or re.sub(r" \(.*\)", "", reasons.get(suffix, "")) or "nothing is said of it"


def _compare(page: str, original: Original, chunks: Sequence[Chunk], found: Figures) -> None:
    lines, whole = _code_of(chunks)
    for code in original.codes:
        missing = [line for line in code_lines(code) if not _has_line(line, lines, whole)]
        found.codes.add(not missing, 1)
        if missing:
            found.missing["code"].append(f"{page}: {len(missing)} of {len(code_lines(code))} lines: {missing[0][:120]}")
    paths = {squeeze(part) for chunk in chunks for part in (*chunk.heading_path, chunk.doc_title)}
    joined = {squeeze(heading) for chunk in chunks for heading in _headings_in(chunk.text)}
    whole = squeeze("".join(chunk.text for chunk in chunks))
    for heading in filter(squeeze, original.headings):
        key = squeeze(heading)
        found.in_paths += key in paths
        found.headings.add(key in paths or key in joined, 1)
        if key not in paths and key not in joined:
            found.missing["headings"].append(f"{page}: {heading[:120]}{'  (in the text)' if key in whole else ''}")
    words = original.words
    titles = {path[: depth + 1] for chunk in chunks for path in [chunk.heading_path] for depth in range(len(path))}
    kept = count_words([chunk.text for chunk in chunks]) + count_words(path[-1] for path in titles)
    lost = words - kept
    found.words.add(words.total() - lost.total(), words.total())
    if lost:
        some = ", ".join(f"{word} ({count})" if count > 1 else word for word, count in lost.most_common(25))
        found.missing["words"].append(f"{page}: {lost.total()} of {words.total()}: {some}")


def _has_line(line: str, lines: set[str], whole: str) -> bool:
    return line in lines or (len(line) > _LONG and "".join(line.split()) in whole)


def _code_of(chunks: Sequence[Chunk]) -> tuple[set[str], str]:
    """The lines of code in chunks, and all of the code without whitespace."""
    codes = [code for chunk in chunks for code in _codes_in(chunk.text)]
    return {line for code in codes for line in code_lines(code)}, "".join("".join(code.split()) for code in codes)


def _headings_in(text: str) -> Iterator[str]:
    tokens = _MARKDOWN.parse(text)
    for token, inline in itertools.pairwise(tokens):
        if token.type == "heading_open" and not token.level:  # one in a list opens no section
            yield "".join(child.content for child in inline.children or ())


def _codes_in(text: str) -> Iterator[str]:
    for token in _MARKDOWN.parse(text):
        if token.type in ("fence", "code_block"):
            yield token.content
        elif token.type == "html_block":
            yield from _PRE.findall(token.content)
        for child in token.children or ():
            if child.type == "code_inline":
                yield child.content
