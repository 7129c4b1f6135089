"""Cut a document into pieces: one section or part of a section each, whole blocks, never more than the model can see.

A page is a tree of sections. Within a section, the places to cut are chosen together, as the cheapest way through
all of them (dynamic programming): a cut costs by what it tears, a piece by how far it is from the target. Then short
neighbours are joined.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from vrom.builder.documents import Document
from vrom.builder.markdown import Block, Page, parse
from vrom.builder.units import NEVER, Cutter, Measure, Unit

TARGET = 256
"""Tokens of a piece, where the text allows a choice."""
LIMIT = 512
"""Most tokens of a piece with its title path, unless the caller's model says otherwise."""

SHORT = 48
"""Tokens below which a section is joined to a neighbour."""

LONGEST_HEADING = 160
"""Characters of a heading in `heading_path`; a longer one is cut off there (never in the text)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a document, to become a chunk."""

    text: str
    heading_path: tuple[str, ...]
    """From the page's title to the innermost heading that holds all of it."""
    char_start: int
    char_end: int
    """Its extent in the document's text. `text` is that slice, without dropped lines (components, comments) and with
    what a part of a fence or table needs around it."""


def cut(
    document: Document, count_tokens: Callable[[str], int], target: int = TARGET, limit: int = LIMIT
) -> list[Piece]:
    """Cut a document into pieces, in order and without overlap.

    `count_tokens` counts with the model's own tokenizer, special tokens included. `limit` is for what is embedded:
    the title path joined by ` > `, a line break and the text. Nothing is raised, whatever the text; a document
    without text under its headings gives no pieces.
    """
    page = parse(document.text)
    special = count_tokens("")

    def measure(text: str) -> int:
        return max(count_tokens(text) - special, len(text) // 8)

    packer = _Packer(page, measure, target, limit - special - 1)
    root = _sections(page, document.title)
    drafts = packer.pack(root)
    return [piece for draft in drafts for piece in packer.pieces(draft)]


@dataclass(slots=True)
class _Section:
    """A heading and what stands under it, up to the next heading."""

    path: tuple[str, ...]
    level: int
    heading: Block | None = None
    blocks: list[Block] = field(default_factory=list)
    children: list["_Section"] = field(default_factory=list)


def _sections(page: Page, title: str) -> _Section:
    root = _Section((_shortened(title),), 0)
    open_sections = [root]
    for block in page.blocks:
        if block.kind != "heading":
            open_sections[-1].blocks.append(block)
            continue
        while open_sections[-1].level >= block.level:
            open_sections.pop()
        parent = open_sections[-1]
        text = _shortened(block.text)
        repeats_title = parent is root and text.casefold() == root.path[0].casefold()
        path = parent.path if repeats_title or not text else (*parent.path, text)
        section = _Section(path, block.level, block)
        parent.children.append(section)
        open_sections.append(section)
    return root


def _shortened(heading: str) -> str:
    return heading if len(heading) <= LONGEST_HEADING else heading[: LONGEST_HEADING - 1] + "…"


@dataclass(frozen=True, slots=True)
class _Draft:
    """Units that will be one piece."""

    path: tuple[str, ...]
    units: tuple[Unit, ...]

    @property
    def tokens(self) -> int:
        return _size(self.units)


def _size(units: Iterable[Unit]) -> int:
    frames = {}
    total = 0
    for unit in units:
        total += unit.tokens
        if unit.frame:
            frames[unit.frame.start] = unit.frame.tokens
    return total + sum(frames.values())


class _Packer:
    """Makes the pieces of one page."""

    def __init__(self, page: Page, measure: Measure, target: int, limit: int) -> None:
        self.page, self.measure, self.target, self.limit = page, measure, target, limit

    def room(self, path: Sequence[str]) -> int:
        """Tokens left for text beside a title path."""
        return self.limit - self.measure(" > ".join(path))

    def fitted(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """A title path that leaves at least two thirds of the limit for text: its middle goes first, then its end."""
        while len(path) > 2 and self.room(path) < self.limit * 2 // 3:
            path = (path[0], *path[2:])
        while self.room(path) < self.limit * 2 // 3 and any(len(part) > 1 for part in path):
            path = tuple(part[: max(1, len(part) // 2)] for part in path)
        return path

    def pack(self, root: _Section) -> list[_Draft]:
        """The drafts of all sections, in order."""
        drafts, left = self._pack(root, [])
        if left and drafts:  # headings at the very end, with nothing under them
            drafts[-1:] = self._split(drafts[-1].path, [*drafts[-1].units, *(replace(unit, cut=NEVER) for unit in left)])
        return drafts

    def _pack(self, section: _Section, carried: list[Unit]) -> tuple[list[_Draft], list[Unit]]:
        """The drafts of a section, and the headings that still wait for text; `carried` came from before it."""
        path = self.fitted(section.path)
        cutter = Cutter(self.page, self.measure, max(1, self.room(path) - sum(unit.tokens for unit in carried)))
        waiting = list(carried)
        if section.heading:
            waiting.extend(replace(unit, heading=True) for unit in cutter.units(section.heading))
        if waiting and sum(unit.tokens for unit in waiting) * 2 > self.room(path):
            body, waiting = [replace(unit, heading=False) for unit in waiting], []
        else:
            body = []
        inside = Cutter(self.page, self.measure, max(1, self.room(path) - sum(unit.tokens for unit in waiting)))
        for block in section.blocks:
            body.extend(_led_in(self.page, body, inside.units(block)))
        drafts: list[_Draft] = []
        if body:
            drafts = self._split(path, [*waiting, *body])
            waiting = []
        for child in section.children:
            grown, waiting = self._pack(child, waiting)
            drafts = self._joined(path, drafts, grown)
        return drafts, waiting

    def _joined(self, path: tuple[str, ...], drafts: list[_Draft], grown: list[_Draft]) -> list[_Draft]:
        """Two neighbours' drafts, with the touching ones made one where either is short."""
        if drafts and grown:
            before, after = drafts[-1], grown[0]
            sizes = before.tokens, after.tokens
            if min(sizes) < SHORT and sum(sizes) <= min(self.target, self.room(path)):
                return [*drafts[:-1], _Draft(path, before.units + after.units), *grown[1:]]
        return drafts + grown

    def _split(self, path: tuple[str, ...], units: list[Unit]) -> list[_Draft]:
        """Units of one section as drafts: the cheapest way to cut them."""
        glued = [unit if index and not units[index - 1].heading else unit for index, unit in enumerate(units)]
        for index in range(1, len(glued)):
            if glued[index - 1].heading:
                glued[index] = replace(glued[index], cut=NEVER)
        return [_Draft(path, tuple(glued[a:b])) for a, b in cheapest_cuts(glued, self.target, self.room(path))]

    def pieces(self, draft: _Draft) -> Iterator[Piece]:
        """The piece of a draft; several in the rare case that its parts measure more together than one by one."""
        text = _text(self.page.text, draft.units)
        if len(draft.units) > 1 and self.measure(text) > self.room(draft.path):
            half = len(draft.units) // 2
            yield from self.pieces(replace(draft, units=draft.units[:half]))
            yield from self.pieces(replace(draft, units=draft.units[half:]))
            return
        if text.strip():
            yield Piece(text, draft.path, draft.units[0].start, draft.units[-1].end)


def _led_in(page: Page, before: Sequence[Unit], units: Iterable[Unit]) -> Iterator[Unit]:
    """The units of a block, held to the text before it where that ends with a colon."""
    from vrom.builder.units import CUT_AFTER_LEAD_IN

    for index, unit in enumerate(units):
        if index == 0 and before and page.text[before[-1].start : before[-1].end].rstrip().endswith(":"):
            unit = replace(unit, cut=max(unit.cut, CUT_AFTER_LEAD_IN))
        yield unit


def cheapest_cuts(units: Sequence[Unit], target: int, limit: int) -> list[tuple[int, int]]:
    """Ranges of units, each a piece of at most `limit` tokens, so that cuts and sizes cost least in all.

    A single unit over the limit is a piece by itself.
    """
    best = [0.0] + [NEVER] * len(units)
    begins = [0] * (len(units) + 1)
    for end in range(1, len(units) + 1):
        tokens = 0
        frames: set[int] = set()
        for begin in range(end - 1, -1, -1):
            unit = units[begin]
            tokens += unit.tokens
            if unit.frame and unit.frame.start not in frames:
                frames.add(unit.frame.start)
                tokens += unit.frame.tokens
            if tokens > limit and begin < end - 1:
                break
            cost = best[begin] + _cost_of_size(tokens, target) + (min(unit.cut, _NEVER_COST) if begin else 0.0)
            if cost < best[end]:
                best[end], begins[end] = cost, begin
    ranges = []
    end = len(units)
    while end:
        ranges.append((begins[end], end))
        end = begins[end]
    return ranges[::-1]


_NEVER_COST = 1e6


def _cost_of_size(tokens: int, target: int) -> float:
    share = tokens / target
    return 0.2 + (3 * (share - 1) ** 2 if share > 1 else 0.4 * (1 - share) ** 2)


def _text(source: str, units: Sequence[Unit]) -> str:
    """The text of a piece: the source, without what was dropped between units, and with the frames of cut blocks."""
    parts: list[str] = []
    first = units[0]
    if first.frame and first.start > first.frame.start:
        parts.append(first.frame.opening + "\n")
    for before, unit in zip([None, *units[:-1]], units, strict=True):
        if before:
            between = source[before.end : unit.start]
            if before.frame and before.frame is not unit.frame and _unclosed(before):
                parts.append("\n" + before.frame.closing)
            parts.append(between if not between.strip() else _gap(between))
        parts.append(source[unit.start : unit.end])
    if first and (last := units[-1]).frame and _unclosed(last):
        parts.append("\n" + last.frame.closing)
    return "".join(parts)


def _unclosed(unit: Unit) -> bool:
    frame = unit.frame
    return frame is not None and bool(frame.closing) and (unit.end < frame.end or not frame.closed)


def _gap(dropped: str) -> str:
    """What stands in a piece in place of dropped lines."""
    return "\n\n" if "\n" in dropped.strip(" \t") and _has_blank_line(dropped) else "\n"


def _has_blank_line(text: str) -> bool:
    return any(not line.strip() for line in text.split("\n")[1:-1])
