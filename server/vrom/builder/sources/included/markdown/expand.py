"""Put included files into Markdown."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from vrom.builder.sources.formats.fenced_text import lower_headings
from vrom.builder.sources.formats.markdown_writer import write_fence
from vrom.builder.sources.included.directives import (
    part_of_literal,
    part_of_text,
    prepend_and_append,
    read_myst_options,
)
from vrom.builder.sources.included.docstrings.stub import (
    is_stub_directive,
    read_markdown_stub,
    read_sphinx_stub,
    split_stubs,
)
from vrom.builder.sources.included.inclusions import Included, PageInclusions
from vrom.builder.sources.included.languages import MARKDOWN, RESTRUCTURED_TEXT, is_prose, language_of, suffix_of
from vrom.builder.sources.included.markdown.fences import Block, split_blocks
from vrom.builder.sources.included.markdown.marker import Marker, read_code_source, split_snippet
from vrom.builder.sources.included.markdown.markers import find_inline_markers, find_marker
from vrom.builder.sources.included.markdown.modules import expand_modules
from vrom.builder.sources.included.restructured_text import convert_partial, expand_restructured_text
from vrom.builder.sources.included.tree import NotIncludedError

_ANY_MARKER = re.compile(
    r"\{!|\{\*|8<-|\{\{|\{%|<<<|include|embedme|AUTO-DOCS|@\[code|@import|snippet|\[!code|::: ?code|raw|file=|^import "
    r"|autodoc|^#* ?::: |\{auto|eval-rst|\bchild\b",
    re.IGNORECASE | re.MULTILINE,
)
_PREFIX = re.compile(r"[ \t]*(?:(?:[-*+>]|\d{1,9}[.)])[ \t]+)*")
_ESCAPED = re.compile(r"(\s*);(-+8<-+)")
_SNIPPET_BLOCK = re.compile(r"[ \t]*-{1,9}8<-{1,9}[ \t]*")
_SHOWS_SYNTAX = {
    "md", "markdown", "mdx", "rst", "restructuredtext", "jinja", "jinja2", "liquid", "html", "django", "vue", "none",
    "go-html-template", "text", "txt", "plaintext", "plain", "myst", "asciidoc",
}  # fmt: skip
"""Languages of code blocks that may show the syntax of a marker rather than use it."""
_FENCED_FILE = re.compile(r"""(?:^|\s)(?:file|src|source|embed-file)\s?=\s?(?:"([^"]+)"|'([^']+)'|([^\s"'{}]+))""")
_CHILD = re.compile(r"""\bchild\s?=\s?((?:c\([^()]{1,900}\))|"[^"]{1,500}"|'[^']{1,500}')""")
"""Option of knitr: documents in place of a code cell."""
_EMBEDME = re.compile(r"\s*(?://|#|--|;|%|<!--|/\*)\s*embedme\s+(\S{1,500}).*")
_AUTO_DOCS = re.compile(r"\s*<!--\s*MARKDOWN-AUTO-DOCS:START\s*\((CODE|RAW):([^()]{1,500})\)\s*-->\s*")
_END_AUTO_DOCS = "MARKDOWN-AUTO-DOCS:END"


def expand_markdown(text: str, page: PageInclusions) -> str:
    """The text with the files that it includes in place of their markers; what is missing becomes a remark."""
    if not _ANY_MARKER.search(text):
        return text
    return "\n".join(_expand(text.split("\n"), page))


def _expand(lines: Sequence[str], page: PageInclusions) -> Iterator[str]:
    prose: list[str] = []
    for block in split_blocks(lines):
        if isinstance(block, str):
            prose.append(block)
            continue
        yield from _expand_prose(prose, page)
        prose = []
        yield from _expand_block(block, page)
    yield from _expand_prose(prose, page)


def _expand_prose(lines: list[str], page: PageInclusions) -> Iterator[str]:
    lines = expand_modules(lines, page, lambda marker, shown: _insert_prose(marker, shown, page))
    lines = [part for line in lines for part in split_stubs(line)]
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if _SNIPPET_BLOCK.fullmatch(line):
            end = _find(lines, number, _SNIPPET_BLOCK)
            if end is not None:
                yield from _expand_list(lines[number:end], line, page)
                number = end + 1
                continue
        if stub := read_markdown_stub(lines, number - 1):
            yield from page.put_aside(stub[0])
            number = stub[1]
            continue
        if auto := _AUTO_DOCS.fullmatch(line[:2_000]):
            ended = next((at for at in range(number, len(lines)) if _END_AUTO_DOCS in lines[at]), None)
            if ended is not None and not any(one.strip() for one in lines[number:ended]):
                source = next((one[4:] for one in auto[2].split("&") if one.startswith("src=")), "")
                yield from _insert_prose(read_code_source(source), line, page) or []
                number = ended + 1
                continue
        yield from _expand_line(line, page)


def _find(lines: Sequence[str], start: int, pattern: re.Pattern[str]) -> int | None:
    near = range(start, min(len(lines), start + 500))
    return next((number for number in near if pattern.fullmatch(lines[number])), None)


def _expand_list(paths: Sequence[str], opening: str, page: PageInclusions) -> Iterator[str]:
    """The files between two `--8<--` lines; one behind a semicolon is left out."""
    indent = opening[: len(opening) - len(opening.lstrip())]
    for path in map(str.strip, paths):
        if path and not path.startswith(";"):
            marker = Marker(*split_snippet(path))
            yield from _indent(_insert_prose(marker, f"--8<-- {path}", page) or [], indent, indent)


def _expand_line(line: str, page: PageInclusions) -> list[str]:
    prefix = _PREFIX.match(line[:200])[0]  # type: ignore[index]
    if (marker := find_marker(line[len(prefix) :])) is not None:
        inserted = _insert_prose(marker, line, page)
        if inserted is None:
            return [line]
        return _indent(inserted, prefix, re.sub(r"[^\s>]", " ", prefix))
    if escaped := _ESCAPED.match(line):
        return [f"{escaped[1]}{line[escaped.end(1) + 1 :]}"]
    if line.lstrip().startswith("<!--"):
        return [line]
    for start, end, found in reversed(list(find_inline_markers(line))):
        line = line[:start] + _insert_inline(found, line[start:end], page) + line[end:]
    return [line]


def _indent(lines: Sequence[str], first: str, rest: str) -> list[str]:
    if not lines:
        return [first.rstrip()] if first.strip() else []
    return [first + lines[0], *(rest + line if line else rest.rstrip() for line in lines[1:])]


def _insert_prose(marker: Marker, shown: str, page: PageInclusions) -> list[str] | None:
    """Lines in place of a marker outside code; None if it stays, because it may be something else."""
    try:
        included = page.read(marker.path)
        text = marker.part.take(included.text)
        if marker.kind == "code" or (not marker.kind and not is_prose(included.path)):
            code = page.add(text.strip("\n"))
            return write_fence(code, marker.language or language_of(included.path)).split("\n") if code.strip() else []
        return _insert_text(included, text, marker, page)
    except NotIncludedError as error:
        if not marker.is_certain:
            return None
        page.remark(shown, error)
        return []


def _insert_text(included: Included, text: str, marker: Marker, page: PageInclusions) -> list[str]:
    """The lines of a partial, with its own inclusions."""
    with page.enter(included):
        if suffix_of(included.path) in RESTRUCTURED_TEXT:
            text = convert_partial(text, page)
        else:
            text = page.add(_without_front_matter(text).strip("\n"))
            if suffix_of(included.path) in MARKDOWN or _ANY_MARKER.search(text):
                text = expand_markdown(text, page)
    if marker.part.is_whole:
        page.mark_whole(included)
    for _ in range(marker.heading_offset):
        text = lower_headings(text)
    return text.split("\n") if text.strip() else []


def _insert_inline(marker: Marker, shown: str, page: PageInclusions) -> str:
    try:
        included = page.read(marker.path)
        text = page.add(" ".join(marker.part.take(included.text).split()))
    except NotIncludedError as error:
        page.remark(shown, error)
        return ""
    return text


def _without_front_matter(text: str) -> str:
    if not text.startswith("---\n"):
        return text
    end = text.find("\n---\n", 3)
    return text[end + 5 :] if 0 < end < 10_000 else text


def _expand_block(block: Block, page: PageInclusions) -> list[str]:
    """A code block, or a directive of MyST, with the files that it includes."""
    if block.directive in ("literalinclude", "include"):
        return _indent(_insert_directive(block, page), block.indent, block.indent)
    if block.directive == "eval-rst":
        return _expand_eval_rst(block, page)
    if is_stub_directive(block.directive):
        stub = read_sphinx_stub(block.argument, read_myst_options(block.body), page.module, page.shows_members)
        return ["", *page.put_aside(stub), ""] if stub else block.lines()
    if block.info.startswith("{") and (children := _CHILD.search(block.info[:1_000])):
        paths = re.findall(r"[\"']([^\"']{1,500})[\"']", children[1])
        return [line for path in paths for line in _insert_prose(Marker(path, kind="text"), block.opening, page) or []]
    if not any(line.strip() for line in block.body) and (source := _FENCED_FILE.search(block.info[:1_000])):
        marker = read_code_source(source[1] or source[2] or source[3])
        try:
            included = page.read(marker.path)
            return replace(block, body=page.add(marker.part.take(included.text).strip("\n")).split("\n")).write()
        except NotIncludedError as error:
            page.remark(block.opening, error)
            return []
    body: list[str] = []
    changed = False
    for number, line in enumerate(block.body):
        inserted = _insert_in_code(line, number, block, page)
        body += [line] if inserted is None else inserted
        changed = changed or inserted is not None
    if not changed:
        return block.lines()
    return replace(block, body=body).write() if any(line.strip() for line in body) else []


def _expand_eval_rst(block: Block, page: PageInclusions) -> list[str]:
    """A block of reStructuredText with its inclusions; what is put aside goes behind it."""
    before = len(page.aside)
    lines = expand_restructured_text("\n".join(block.body), page).split("\n")
    places = [line for line in lines if line.strip().startswith("vrom-aside-")] if len(page.aside) > before else []
    body = [line for line in lines if line not in places]
    written = replace(block, body=body).write() if any(line.strip() for line in body) else []
    return [*written, *(part for place in places for part in ("", place.strip(), ""))]


def _insert_in_code(line: str, number: int, block: Block, page: PageInclusions) -> list[str] | None:
    """Lines in place of a marker within a code block; None for a line that stays."""
    if len(line) > 2_000:
        return None
    if _ESCAPED.match(line):
        return [_ESCAPED.sub(r"\1\2", line, count=1)]
    marker = find_marker(line)
    if number == 0 and len([one for one in block.body if one.strip()]) == 1 and (found := _EMBEDME.fullmatch(line)):
        marker = read_code_source(found[1].split("-->")[0].split("*/")[0])
    if marker is None or not marker.is_certain or line.lstrip().startswith(("<<<", ":::", "[", "@")):
        return None
    try:
        included = page.read(marker.path)
        text = page.add(marker.part.take(included.text).strip("\n"))
    except NotIncludedError as error:
        if block.language in _SHOWS_SYNTAX:
            return None
        page.remark(line, error)
        return []
    if "#rustdoc_include" in line or block.language in ("rust", "rs"):
        text = _without_hidden_lines(text)
    indent = line[: len(line) - len(line.lstrip())]
    return [indent + one if one else "" for one in text.split("\n")]


def _without_hidden_lines(text: str) -> str:
    """Rust code without the lines that rustdoc and mdBook hide: those that begin with `# `."""
    shown = [line for line in text.split("\n") if line.strip() != "#" and not line.lstrip().startswith("# ")]
    return "\n".join(shown)


def _insert_directive(block: Block, page: PageInclusions) -> list[str]:
    options = read_myst_options(block.body)
    literal = block.directive == "literalinclude"
    as_code = literal or "literal" in options or "code" in options
    part = part_of_literal(options) if literal else part_of_text(options)
    language = options.get("language") or options.get("code") or ""
    try:
        included = page.read(block.argument)
        text = part.take(included.text)
        if not as_code:
            offset = options.get("heading-offset", "0")
            marker = Marker(block.argument, part, heading_offset=int(offset) if offset in "0123456" else 0)
            return _insert_text(included, text, marker, page)
        code = page.add(prepend_and_append(text.strip("\n"), options))
    except NotIncludedError as error:
        page.remark(f"{block.opening.strip()}", error)
        return []
    caption = options.get("caption", "")
    language = "diff" if "diff" in options else language or language_of(included.path)
    return [*([f"**{caption}**", ""] if caption else []), *write_fence(code, language).split("\n")]
