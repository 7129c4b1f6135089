"""Read POD, Perl's documentation, in files of its own or between code. See perlpod(1)."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise

from vrom.builder.document import Document
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.markdown_writer import escape_paragraph, write_fence, write_item
from vrom.builder.sources.formats.titles import title_from_name

_COMMAND = re.compile(r"=([a-zA-Z]\w*)[ \t]*(.*)", re.DOTALL)
_ENTITIES = {"lt": "<", "gt": ">", "sol": "/", "verbar": "|", "amp": "&", "quot": '"', "nbsp": "\u00a0", "copy": "©"}
_DEEPEST = 20


def read_pod(text: str, name: str) -> Iterator[Document]:
    """Read POD. Raises `UnreadableError` if there is none in the text."""
    writer = _Writer()
    for paragraph in _paragraphs(text):
        writer.add(paragraph)
    blocks = writer.finish()
    if not blocks:
        raise UnreadableError("no POD in it")
    title = _title(blocks) or title_from_name(name)
    yield Document(name, f"# {title}\n\n" + "\n\n".join(blocks) + "\n", title)


def is_pod(text: str) -> bool:
    """True if POD begins within a text."""
    return re.search(r"^=(?:pod|head[1-6]|encoding|over|begin|item)\b", text, re.MULTILINE) is not None


def _title(blocks: list[str]) -> str:
    """What stands below `NAME`: `List::Util - A selection of subroutines`."""
    for heading, below in pairwise(blocks):
        if heading.upper() == "## NAME" and not below.startswith("#"):
            return re.sub(r"[`*]", "", " ".join(below.split("\n"))).replace("\\", "")[:200]
    return ""


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of POD in a text, also where it stands between code."""
    is_pod_here = False
    for raw in re.split(r"\n(?:[ \t]*\n)+", "\n" + text):
        paragraph = raw.strip("\n")
        if re.match(r"=[a-zA-Z]", paragraph):
            is_pod_here = not paragraph.startswith("=cut")
            if is_pod_here:
                yield paragraph
        elif is_pod_here and paragraph.strip():
            yield paragraph


class _Writer:
    def __init__(self) -> None:
        self._levels: list[list[str]] = [[]]
        self._marks: list[str] = []
        self._skipped = ""

    def add(self, paragraph: str) -> None:
        """Add a paragraph."""
        command = _COMMAND.match(paragraph)
        if self._skipped:
            if command and command[1] == "end":
                self._skipped = ""
            return
        if command:
            self._command(command[1], command[2].strip())
        elif paragraph[0] in " \t":
            self._verbatim(paragraph)
        else:
            self._levels[-1].append(escape_paragraph(_inline(paragraph)))

    def _verbatim(self, paragraph: str) -> None:
        lines = paragraph.expandtabs(8).split("\n")
        indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        code = "\n".join(line[indent:] for line in lines)
        level = self._levels[-1]
        if level and level[-1].startswith("```") and level[-1].endswith("```"):
            opening, _, rest = level.pop().partition("\n")
            code = rest.rpartition("\n")[0] + "\n\n" + code
            level.append(write_fence(code, opening.strip("`")))
        else:
            level.append(write_fence(code))

    def _command(self, name: str, text: str) -> None:
        if found := re.fullmatch(r"head([1-6])", name):
            self._close_all()
            self._levels[-1].append(f"{'#' * min(int(found[1]) + 1, 6)} {' '.join(_inline(text).split())}")
        elif name == "over":
            if len(self._levels) <= _DEEPEST:
                self._levels += [[], []]
                self._marks.append("")
        elif name == "item" and self._marks:
            self._close_item()
            number = re.fullmatch(r"(\d+)\.?", text)
            bullet = re.match(r"[*-](?:\s+|$)", text)
            self._marks[-1] = f"{number[1]}." if number else "-"
            shown = _inline(text[bullet.end() :] if bullet else "" if number else text)
            if shown and not bullet:
                shown = f"**{shown}**" if not shown.startswith(("**", "`")) else shown
            if shown:
                self._levels[-1].append(shown)
        elif name == "back" and self._marks:
            self._close_list()
        elif name == "begin" and not text.startswith(":") and text.split()[:1] not in (["text"], ["pod"]):
            self._skipped = text or "begin"
        elif name == "for" and text.startswith((":", "text ")):
            self._levels[-1].append(_inline(text.partition(" ")[2]))

    def _close_item(self) -> None:
        blocks = self._levels[-1]
        if blocks:
            term, *rest = blocks
            if (
                term.startswith(("**", "`"))
                and not term.startswith("```")
                and rest
                and not rest[0].startswith(("```", "- "))
            ):
                blocks = [f"{term}: {rest[0]}", *rest[1:]]
            self._levels[-2].append(
                write_item(self._marks[-1] or "-", blocks) if self._marks[-1] else "\n\n".join(blocks)
            )
            self._levels[-1] = []

    def _close_list(self) -> None:
        self._close_item()
        self._levels.pop()
        items = self._levels.pop()
        self._marks.pop()
        if items:
            self._levels[-1].append("\n".join(items))

    def _close_all(self) -> None:
        while self._marks:
            self._close_list()

    def finish(self) -> list[str]:
        """All blocks."""
        self._close_all()
        return [block for block in self._levels[0] if block.strip()]


def _inline(text: str) -> str:
    """Text with its formatting codes (`C<code>`, `B<< bold >>`, `L<text|target>`) as Markdown."""
    return _Codes(text).read("", 0)


class _Codes:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def read(self, closing: str, depth: int, *, code: bool = False) -> str:
        """Text up to what closes the code that is open."""
        parts: list[str] = []
        while self._at < len(self._text):
            if closing and self._text.startswith(closing, self._at):
                self._at += len(closing)
                return "".join(parts)
            found = re.compile(r"([A-Z])(<(?:<+(?=\s))?)").match(self._text, self._at)
            if found and depth < _DEEPEST:
                self._at = found.end()
                marks = found[2]
                end = ">" * len(marks)
                if len(marks) > 1:
                    end = f" {end}"
                    self._at += 1
                is_code = code or found[1] in "CL" or found[1] == "E"
                inner = self.read(end, depth + 1, code=is_code)
                parts.append(_write_code(found[1], inner.strip() if len(marks) > 1 else inner, nested=code))
            else:
                character = self._text[self._at]
                parts.append("\\<" if character == "<" and not code else character)
                self._at += 1
        return "".join(parts)


def _write_code(letter: str, inner: str, *, nested: bool) -> str:
    if letter == "E":
        return _entity(inner)
    if letter in "XZ":
        return ""
    if nested:
        return inner
    if letter in "CF":
        words = " ".join(inner.split())
        return (f"`` {words} ``" if "`" in words else f"`{words}`") if words else ""
    if letter in "BI" and inner.strip():
        mark = "**" if letter == "B" else "*"
        return f"{mark}{inner.strip()}{mark}"
    if letter == "L":
        label, bar, target = inner.partition("|")
        if bar:
            return f"[{label}]({target})" if re.match(r"\w+:[^:]", target) else label
        page, slash, section = inner.partition("/")
        if re.match(r"\w+:[^:\s]\S*$", inner):
            return f"<{inner}>"
        return " in ".join(filter(None, [section.strip('"'), page])) if slash else page
    return inner


def _entity(name: str) -> str:
    if name.isdecimal() or re.fullmatch(r"0[xX]?[0-9a-fA-F]+", name):
        base = 10 if not name.startswith("0") else 16 if name[1:2] in "xX" else 8
        try:
            code = int(name[:9], base)
        except ValueError:
            return ""
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
    return _ENTITIES.get(name) or unescape(f"&{name};")
