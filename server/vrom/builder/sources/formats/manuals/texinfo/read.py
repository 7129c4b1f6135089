"""Read Texinfo: chapters, examples, tables of items, definitions."""

import re
from collections.abc import Callable, Iterator
from textwrap import dedent

from vrom.builder.document import Document, Remark
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.manuals.texinfo.inline import convert_inline
from vrom.builder.sources.formats.markdown_writer import (
    escape_paragraph,
    write_fence,
    write_item,
    write_quote,
    write_table,
)
from vrom.builder.sources.formats.titles import make_titled_document

_LEVELS = {
    "top": 1, "part": 1, "majorheading": 1, "chapter": 2, "unnumbered": 2, "appendix": 2, "chapheading": 2,
    "centerchap": 2, "section": 3, "unnumberedsec": 3, "appendixsec": 3, "appendixsection": 3, "heading": 3,
    "subsection": 4, "unnumberedsubsec": 4, "appendixsubsec": 4, "subheading": 4, "subsubsection": 5,
    "unnumberedsubsubsec": 5, "appendixsubsubsec": 5, "subsubheading": 5,
}  # fmt: skip
_CODE = {"example", "smallexample", "lisp", "smalllisp", "verbatim", "display", "smalldisplay", "format", "smallformat"}
_LISTS = {"table", "vtable", "ftable", "itemize", "enumerate"}
_SKIPPED = {
    "menu", "detailmenu", "direntry", "ignore", "tex", "iftex", "docbook", "ifdocbook", "ifxml", "xml",
    "titlepage", "ifnothtml", "macro", "rmacro", "documentdescription", "html", "latex",
    "iflatex", "linemacro",
}  # fmt: skip
_ENVIRONMENTS = _CODE | _LISTS | _SKIPPED | {"quotation", "smallquotation", "multitable", "indentedblock", "cartouche"}
_LINE = re.compile(r"\s*@([a-zA-Z]+)(?![{a-zA-Z])[ \t]*(.*)")
_DEFINITION = re.compile(
    r"def(?:fn|vr|tp|op|cv|un|var|mac|spec|opt|method|ivar|type(?:fn|vr|op|cv|fun|var|method|ivar))"
)
_WITH_CATEGORY = {"deffn", "defvr", "deftp", "deftypefn", "deftypevr", "defop", "defcv", "deftypeop", "deftypecv"}
_BEFORE_NAME = {"deffn": 1, "defvr": 1, "deftp": 1, "deftypefun": 1, "deftypevar": 1, "defmethod": 1, "defivar": 1} | {
    "deftypefn": 2, "deftypevr": 2, "defop": 2, "defcv": 2, "deftypemethod": 2, "deftypeivar": 2, "deftypeop": 3,
}  # fmt: skip
"""How many words of a definition stand before its name: category, class and type."""
_NO_CODE = re.compile(r"\s*@(?:end )?(?:group|cartouche|noindent|need|c|comment)\b")
_DEEPEST = 30


def read_texinfo(text: str, name: str) -> Iterator[Document]:
    """Read a document in Texinfo. Raises `UnreadableError` if it has no text."""
    reader = _Reader()
    blocks = reader.read(re.sub(r"\A\s*\\input texinfo.*", "", text).split("\n"), 0)
    if not blocks:
        raise UnreadableError("no text in it")
    if reader.title and not any(block.startswith("# ") for block in blocks[:5]):
        blocks.insert(0, f"# {reader.title}")
    found = make_titled_document(name, "\n\n".join(blocks) + "\n", reader.title)
    yield Document(name, found.text, found.title, parsed=found.parsed, remarks=tuple(reader.remarks))


class _Reader:
    def __init__(self) -> None:
        self.title = ""
        self.remarks: list[Remark] = []
        self._values: dict[str, str] = {}
        self._macros: set[str] = set()

    def read(self, lines: list[str], depth: int) -> list[str]:
        """The blocks of lines."""
        blocks: list[str] = []
        words: list[str] = []
        at = 0

        def close() -> None:
            text = re.sub(r"[ \t]*\n[ \t]*", "\n", self._inline("\n".join(words)).strip())
            words.clear()
            if text:
                blocks.append(escape_paragraph(text))

        while at < len(lines):
            line = lines[at]
            at += 1
            found = _LINE.match(line)
            if found is None or found[1] in ("noindent", "indent"):
                if not line.strip():
                    close()
                elif found is None:
                    words.append(line)
                elif found[2]:
                    words.append(found[2])
                continue
            name, rest = found[1], found[2]
            if name == "bye":
                break
            if name in _ENVIRONMENTS or (
                name.startswith("def") and f"@end {name}" in "\n".join(lines[at : at + 2_000])
            ):
                close()
                end = _find_end(lines, at, name)
                blocks += self._environment(name, rest, lines[at:end], depth)
                at = end + 1
            elif name in ("ifset", "ifclear"):
                is_set = rest.strip() in self._values
                end = _find_end(lines, at, name)
                if is_set == (name == "ifset"):
                    lines = [*lines[:at], *lines[at:end], *lines[end + 1 :]]
                else:
                    at = end + 1
            elif self._command(name, rest, blocks, close):
                continue
            else:
                words.append(line)
        close()
        return [block for block in blocks if block.strip()]

    def _inline(self, text: str) -> str:
        return convert_inline(re.sub(r"@c(?:omment)? .*", "", text), self._values)

    def _command(self, name: str, rest: str, blocks: list[str], close: Callable[[], None]) -> bool:
        """Handle a command on a line of its own; False if it is part of the text."""
        if name in _LEVELS:
            close()
            title = " ".join(self._inline(rest).split())
            if title:
                blocks.append(f"{'#' * _LEVELS[name]} {title}")
        elif name in ("settitle", "title"):
            self.title = self.title or " ".join(self._inline(rest).split())
        elif name == "set":
            key, _, value = rest.partition(" ")
            self._values[key] = self._inline(value.strip())
        elif name == "clear":
            self._values.pop(rest.strip(), None)
        elif name in ("include", "verbatiminclude"):
            self.remarks.append(Remark("included file not found", f"@{name} {rest.strip()}", lost=True))
        elif name in ("center", "exdent"):
            close()
            blocks.append(self._inline(rest))
        elif name in ("sp", "page", "need", "group", "end", "refill"):
            if name == "sp":
                close()
        elif name in ("xref", "pxref", "ref") or f"@{name}" + "{" in f"@{name}{rest[:1]}":
            return False
        return True

    def _environment(self, name: str, rest: str, lines: list[str], depth: int) -> list[str]:
        if name in _SKIPPED or depth > _DEEPEST:
            return []
        if name in _CODE:
            return self._code(name, rest, lines)
        if name in _LISTS:
            return self._list(name, rest, lines, depth)
        if name == "multitable":
            return self._multitable(lines)
        if name.startswith("def"):
            return self._definition(name, rest, lines, depth)
        inner = self.read(lines, depth + 1)
        if "quotation" in name:
            label = [f"**{self._inline(rest).strip()}:**"] if rest.strip() else []
            return [write_quote("\n\n".join([*label, *inner]))] if inner else []
        return inner

    def _code(self, name: str, rest: str, lines: list[str]) -> list[str]:
        kept = [
            line for line in lines if not re.match(r"\s*@(?:end )?(?:group|cartouche|noindent|need|c|comment)\b", line)
        ]
        code = "\n".join(kept)
        if name != "verbatim":
            code = convert_inline(code, self._values, code=True)
        language = (
            rest.strip().split(",")[0] if name == "example" and re.fullmatch(r"[\w+-]+(?:,.*)?", rest.strip()) else ""
        )
        language = "lisp" if "lisp" in name else language
        return [write_fence(dedent(code), language)] if code.strip() else []

    def _list(self, name: str, rest: str, lines: list[str], depth: int) -> list[str]:
        is_table = name.endswith("table")
        style = re.match(r"@(\w+)", rest.strip()) if is_table else None
        items: list[str] = []
        before: list[str] = []
        for terms, body in _split_items(lines):
            blocks = self.read(body, depth + 1)
            if terms is None:
                before = blocks
            elif is_table:
                shown = [self._term(term, style[1] if style else "") for term in terms]
                label = ", ".join(filter(None, shown))
                if blocks and not blocks[0].startswith(("```", "- ", "|", "> ")):
                    blocks = [f"{label}: {blocks[0]}", *blocks[1:]]
                else:
                    blocks = [f"{label}:", *blocks]
                items.append(write_item("-", blocks))
            else:
                first = " ".join(self._inline(" ".join(terms)).split())
                if first and blocks and not blocks[0].startswith(("```", "- ", "|", ">")):
                    blocks = [f"{first} {blocks[0]}", *blocks[1:]]
                elif first:
                    blocks = [first, *blocks]
                if blocks:
                    items.append(write_item(f"{len(items) + 1}." if name == "enumerate" else "-", blocks))
        return [*before, *(["\n".join(items)] if items else [])]

    def _term(self, term: str, style: str) -> str:
        text = " ".join(self._inline(f"@{style}{{{term}}}" if style and style != "asis" else term).split())
        return text if text.startswith(("`", "**")) or not text else f"**{text}**"

    def _multitable(self, lines: list[str]) -> list[str]:
        rows: list[list[str]] = []
        has_header = False
        for line in lines:
            found = re.match(r"\s*@(item|headitem|tab)\b(.*)", line)
            if found and found[1] != "tab":
                has_header = has_header or (found[1] == "headitem" and not rows)
                rows.append([])
            for number, cell in enumerate(re.split(r"@tab\b", found[2] if found else line)):
                if not rows:
                    continue
                if (found and (number or found[1] != "tab")) or (number and not found) or (found and found[1] == "tab"):
                    rows[-1].append(cell)
                elif rows[-1]:
                    rows[-1][-1] += " " + cell
        cells = [[" ".join(self._inline(cell).split()) for cell in row] for row in rows]
        cells = [row for row in cells if any(row)]
        if not cells:
            return []
        return [write_table(cells if has_header else [[""] * max(map(len, cells)), *cells])]

    def _definition(self, name: str, rest: str, lines: list[str], depth: int) -> list[str]:
        """`@deffn`: the signature as code under its name, then the description."""
        blocks: list[str] = []
        headers = [(name, rest)]
        body = list(lines)
        while body and (found := re.match(r"\s*@(def\w+x)\b[ \t]*(.*)", body[0])):
            headers.append((found[1].removesuffix("x"), found[2]))
            body = body[1:]
        signatures = [_signature(kind, words) for kind, words in headers]
        plain = [convert_inline(text, self._values, code=True) for _, text in signatures]
        own = convert_inline(signatures[0][0], self._values, code=True)
        if own:
            blocks.append(f"###### {own}")
        blocks.append(write_fence("\n".join(" ".join(text.split()) for text in plain)))
        return [*blocks, *self.read(body, depth + 1)]


def _signature(kind: str, words: str) -> tuple[str, str]:
    """Name, and the line of a definition: `(Function, "sqrt x")`."""
    parts = [part.strip("{}") if part.startswith("{") else part for part in re.findall(r"\{[^{}]*\}|\S+", words)]
    with_category = {
        "deffn": 1,
        "defvr": 1,
        "deftp": 1,
        "deftypefn": 2,
        "deftypevr": 2,
        "defop": 2,
        "defcv": 2,
        "deftypeop": 3,
    }
    typed = {"deftypefun": 1, "deftypevar": 1, "defmethod": 1, "defivar": 1, "deftypemethod": 2, "deftypeivar": 2}
    before = with_category.get(kind, typed.get(kind, 0))
    name = parts[before] if len(parts) > before else ""
    shown = parts[1 if kind in with_category else 0 :]
    return name, " ".join(shown)


def _find_end(lines: list[str], at: int, name: str) -> int:
    """The line with the `@end` of an environment, over those of the same name in it."""
    begin, end = re.compile(rf"\s*@{name}\b"), re.compile(rf"\s*@end\s+{name}\b")
    depth = 0
    for number in range(at, len(lines)):
        if end.match(lines[number]):
            if not depth or name in ("verbatim", "ignore"):
                return number
            depth -= 1
        elif begin.match(lines[number]):
            depth += 1
    return len(lines)


def _split_items(lines: list[str]) -> Iterator[tuple[list[str] | None, list[str]]]:
    """Each item with its terms; the terms are None for what stands before the first."""
    terms: list[str] | None = None
    body: list[str] = []
    open_names: list[str] = []
    for line in lines:
        found = _LINE.match(line)
        if found and found[1] in ("item", "itemx") and not open_names:
            if found[1] == "itemx" and terms is not None and not any(map(str.strip, body)):
                terms.append(found[2])
                continue
            if terms is not None or any(map(str.strip, body)):
                yield terms, body
            terms, body = [found[2]], []
            continue
        if found and found[1] in _ENVIRONMENTS:
            open_names.append(found[1])
        elif found and found[1] == "end" and open_names and found[2].split()[:1] == [open_names[-1]]:
            open_names.pop()
        body.append(line)
    if terms is not None or any(map(str.strip, body)):
        yield terms, body
