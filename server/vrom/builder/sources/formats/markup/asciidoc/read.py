"""Read AsciiDoc."""

import re
from collections.abc import Iterator

from vrom.builder.document import Document
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.markup.asciidoc.blocks import BlockReader
from vrom.builder.sources.formats.markup.asciidoc.inline import convert_inline
from vrom.builder.sources.formats.markup.asciidoc.lines import DELIMITER, HEADING, Lines, underlined_level
from vrom.builder.sources.formats.markup.asciidoc.preprocess import IncludeReader, Preprocessor
from vrom.builder.sources.formats.titles import make_titled_document

_AUTHOR = re.compile(r"[\w.'-]+(?: [\w.'-]+){0,3}(?: <[^<>\s]+>)?(?:; .*)?$")
_REVISION = re.compile(r"v?\d+(?:\.[\w-]+)*(?:[,:] .*)?$|(?:v[\w.]+, )?\w+ \d{1,2}, \d{4}|\d{4}-\d\d-\d\d")
_ID = re.compile(r"\[\[([^\[\],]+)[^\[\]]*\]\]|\[(?:[^\[\]#,]*)#([\w-]+)[^\[\]]*\]|\[.*\bid=[\"']?([\w:.-]+).*\]")


def _nothing_included(_path: str) -> None:
    return None


def read_asciidoc(text: str, name: str, read_included: IncludeReader = _nothing_included) -> Iterator[Document]:
    """Read an AsciiDoc document. Raises `UnreadableError` if nothing but comments and attributes is in it."""
    preprocessor = Preprocessor(read_included)
    lines = list(preprocessor.lines(text))
    titles = _find_titles(lines)
    reader = BlockReader(titles, preprocessor.attributes)
    blocks = reader.read(Lines(_without_header(lines)))
    if not blocks:
        raise UnreadableError("no text besides comments and attributes")
    document = make_titled_document(name, "\n\n".join(blocks) + "\n", preprocessor.attributes.get("doctitle", ""))
    remarks = tuple(dict.fromkeys([*preprocessor.remarks, *reader.remarks]))
    yield Document(name, document.text, document.title, parsed=document.parsed, remarks=remarks)


def _without_header(lines: list[str]) -> list[str]:
    """The lines without those below the title that name authors and the revision."""
    start = next((number for number, line in enumerate(lines) if line.strip() and not line.startswith("//")), 0)
    if start >= len(lines):
        return lines
    after = start + 1 if re.match(r"=[ \t]+\S", lines[start]) else 0
    if not after and start + 1 < len(lines) and underlined_level(lines[start], lines[start + 1]) == 1:
        after = start + 2
    end = after
    for pattern in (_AUTHOR, _REVISION):
        if after and end < len(lines) and pattern.match(lines[end]):
            if pattern is _AUTHOR and "<" not in lines[end] and not _is_name(lines, end):
                break
            end += 1
    return [*lines[:after], "", *lines[end:]] if end > after else lines


def _is_name(lines: list[str], number: int) -> bool:
    """True if a line below the title is an author's name: nothing but a revision follows it."""
    following = lines[number + 1] if number + 1 < len(lines) else ""
    words = lines[number].split()
    return (
        2 <= len(words) <= 4
        and all(word[:1].isupper() for word in words)
        and (not following.strip() or _REVISION.match(following) is not None)
    )


def _find_titles(lines: list[str]) -> dict[str, str]:
    """Titles of sections and blocks by their ids, given ones and those that AsciiDoc makes."""
    titles: dict[str, str] = {}
    pending: list[str] = []
    fence = ""
    for number, line in enumerate(lines):
        if fence:
            fence = "" if line.rstrip() == fence else fence
            continue
        if found := _ID.fullmatch(line.strip()[:500]):
            pending.append(next(filter(None, found.groups())))
            continue
        heading = HEADING.match(line)
        title = heading[2] if heading else ""
        if not title and underlined_level(line, lines[number + 1] if number + 1 < len(lines) else ""):
            title = line.strip()
        if not title and pending and re.match(r"\.[^\s.]", line):
            title = line[1:]
        if title:
            own = re.findall(r"\[\[([^\[\],]+)", title)
            plain = convert_inline(title, {}).strip()
            made = "_" + "_".join(re.findall(r"\w+", plain.lower()))
            titles.update(dict.fromkeys([*pending, *own, made, made.strip("_").replace("_", "-"), plain], plain))
        if line.strip() and not line.startswith("["):
            pending = []
            mark = DELIMITER.match(line)
            fence = line.rstrip() if mark and line[0] in "-.+/`" and line.rstrip() != "--" else ""
    return titles
