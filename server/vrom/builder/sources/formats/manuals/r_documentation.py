r"""Read `.Rd`, R's help pages: `\name{}`, `\usage{}`, `\arguments{\item{}{}}`, `\examples{}`.

https://cran.r-project.org/doc/manuals/r-release/R-exts.html#Rd-format
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import dedent

from vrom.builder.document import Document
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.markdown_writer import escape_paragraph, write_fence, write_item, write_table

_DEEPEST = 60
_CODE = {"usage", "examples"}
_VERBATIM = {
    "code",
    "preformatted",
    "verb",
    "command",
    "option",
    "samp",
    "kbd",
    "env",
    "deqn",
    "eqn",
    "testonly",
    "href_url",
}
_TITLES = {
    "usage": "Usage", "arguments": "Arguments", "value": "Value", "details": "Details", "examples": "Examples",
    "note": "Note", "seealso": "See also", "references": "References", "author": "Author", "format": "Format",
    "source": "Source",
}  # fmt: skip
_DROPPED = {
    "name", "alias", "title", "keyword", "docType", "encoding", "concept", "Rdversion", "RdOpts", "rdversion",
    "tabular", "cr", "figure", "Sexpr", "newcommand", "renewcommand", "synopsis", "testonly", "dontdiff",
}  # fmt: skip
_SYMBOLS = {"dots": "...", "ldots": "...", "R": "R", "cr": "\n", "tab": "\t", "l": "l", "dQuote": "", "sQuote": ""}
_COUNTS = dict.fromkeys(
    ("item", "href", "section", "subsection", "tabular", "method", "S3method", "S4method", "eqn", "deqn", "if",
     "figure", "newcommand"), 2
) | {"ifelse": 3}  # fmt: skip
"""Numbers of arguments other than one."""
_GAP = re.compile(r"[ \t]*\n?[ \t]*")
_TOKEN = re.compile(r"\\([A-Za-z]+)|\\(.)|([{}%\[\]])|([^\\{}%\[\]]+)", re.DOTALL)


@dataclass
class Node:
    """A macro with its arguments, or a piece of text (`name` is empty)."""

    name: str
    text: str = ""
    arguments: list[list["Node"]] = field(default_factory=list)
    option: str = ""


def read_r_documentation(text: str, name: str) -> Iterator[Document]:
    """Read a help page of R. Raises `UnreadableError` if it isn't one, or is nested too deeply."""
    nodes = _Parser(text).parse()
    top = {node.name: node for node in nodes if node.arguments}
    if "name" not in top and "title" not in top:
        raise UnreadableError("not a help page of R")
    title = _flat(top["title"].arguments[0]) if "title" in top else ""
    own = _flat(top["name"].arguments[0]) if "name" in top else ""
    heading = f"{own}: {title}" if own and title and own.lower() != title.lower() else title or own
    blocks = [f"# {heading}"]
    aliases = [_flat(node.arguments[0]) for node in nodes if node.name == "alias" and node.arguments]
    if others := [alias for alias in dict.fromkeys(aliases) if alias != own]:
        blocks.append("Also: " + ", ".join(f"`{alias}`" for alias in others))
    for node in nodes:
        blocks += _write_section(node)
    if len(blocks) == 1 and not title:
        raise UnreadableError("a help page without text")
    yield Document(name, "\n\n".join(filter(str.strip, blocks)) + "\n", heading or name)


class _Parser:
    """Splits the text into macros. A brace within a string of code counts, as in R's own parser it needs an escape."""

    def __init__(self, text: str) -> None:
        self._text, self._at = re.sub(r"(?m)^#(?:ifdef|ifndef|endif)\b.*$", "", text), 0

    def parse(self, depth: int = 0, *, code: bool = False) -> list[Node]:
        """Nodes up to the brace that closes this group."""
        if depth > _DEEPEST:
            raise UnreadableError(f"more than {_DEEPEST} levels of nested macros")
        nodes: list[Node] = []
        while self._at < len(self._text):
            token = _TOKEN.match(self._text, self._at)
            if token is None:
                nodes.append(Node("", self._text[self._at]))
                self._at += 1
                continue
            macro, escaped, mark, text = token.groups()
            self._at = token.end()
            if macro:
                nodes.append(self._macro(macro, depth, code=code))
            elif escaped:
                nodes.append(Node("", escaped if escaped in "\\%{}" or not code else "\\" + escaped))
            elif mark == "%":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif mark == "}":
                return nodes
            elif mark == "{":
                inner = self.parse(depth + 1, code=code)
                nodes += [Node("", "{"), *inner, Node("", "}")] if code else inner
            else:
                nodes.append(Node("", mark or text))
        return nodes

    def _macro(self, name: str, depth: int, *, code: bool) -> Node:
        node = Node(name)
        if name in ("dots", "ldots", "R", "cr", "tab"):
            if self._text.startswith("{}", self._at):
                self._at += 2
            return node
        if code and not re.compile(r"\s*[{\[]").match(self._text, self._at):
            return Node("", "\\" + name)
        if self._text.startswith("[", self._at):
            end = self._text.find("]", self._at, self._at + 300)
            if end > 0:
                node.option = self._text[self._at + 1 : end]
                self._at = end + 1
        inner_code = code or name in _CODE | _VERBATIM
        while len(node.arguments) < _COUNTS.get(name, 1):
            gap = _GAP.match(self._text, self._at) if node.arguments or name == "item" else None
            after = gap.end() if gap else self._at
            if not self._text.startswith("{", after):
                break
            self._at = after + 1
            node.arguments.append(self.parse(depth + 1, code=inner_code))
        return node


def _write_section(node: Node) -> list[str]:
    """The blocks of a section at the top of a page."""
    if not node.arguments or node.name in _DROPPED:
        return []
    if node.name == "description":
        return _blocks(node.arguments[0])
    if node.name in ("section", "subsection"):
        title, *body = node.arguments
        return [f"## {_flat(title)}", *(_blocks(body[0]) if body else [])]
    if node.name in _CODE:
        code = dedent(_code(node.arguments[0])).strip("\n")
        return [f"## {_TITLES[node.name]}", write_fence(code, "r")] if code.strip() else []
    if node.name in _TITLES:
        inner = _items(node.arguments[0]) if node.name in ("arguments", "value") else _blocks(node.arguments[0])
        return [f"## {_TITLES[node.name]}", *inner] if inner else []
    return []


def _items(nodes: list[Node]) -> list[str]:
    """Text with its items of a term and a text, as a list."""
    blocks: list[str] = []
    run: list[Node] = []
    items: list[str] = []
    for node in nodes:
        if node.name == "item" and len(node.arguments) == 2:
            blocks += _blocks(run)
            run = []
            term = _flat(node.arguments[0]).strip("`")
            inner = _blocks(node.arguments[1])
            head = f"`{term}`: {inner[0]}" if inner and not inner[0].startswith(("```", "- ")) else f"`{term}`:"
            items.append(write_item("-", [head, *(inner[1:] if inner and head != f"`{term}`:" else inner)]))
        elif node.name or node.text.strip():
            if items:
                blocks.append("\n".join(items))
                items = []
            run.append(node)
        else:
            run.append(node)
    if items:
        blocks.append("\n".join(items))
    return [*blocks, *_blocks(run)]


def _blocks(nodes: list[Node]) -> list[str]:
    """Paragraphs, lists, tables and code."""
    blocks: list[str] = []
    text = ""

    def close() -> None:
        nonlocal text
        for part in re.split(r"\n[ \t]*\n", text):
            if words := re.sub(r"[ \t]*\n[ \t]*", "\n", part.strip()):
                blocks.append(escape_paragraph(words))
        text = ""

    for node in nodes:
        if node.name in ("itemize", "enumerate", "describe", "preformatted", "tabular", "subsection", "deqn"):
            close()
            blocks += _write_block(node)
        elif node.name == "item" and len(node.arguments) == 2:
            close()
            blocks += _items([node])
        else:
            text += _inline(node)
    close()
    return blocks


def _write_block(node: Node) -> list[str]:
    body = node.arguments[-1] if node.arguments else []
    if node.name == "preformatted":
        return [write_fence(dedent(_code(body)))]
    if node.name == "deqn":
        return [f"$$\n{_code(node.arguments[0]).strip()}\n$$"] if node.arguments else []
    if node.name == "tabular":
        rows = [[" ".join(cell.split()) for cell in row.split("\t")] for row in _text(body).split("\n")]
        rows = [row for row in rows if any(row)]
        return [write_table([[""] * max(map(len, rows)), *rows])] if rows else []
    if node.name == "subsection":
        return [f"### {_flat(node.arguments[0])}", *(_blocks(body) if len(node.arguments) > 1 else [])]
    if any(part.name == "item" and len(part.arguments) == 2 for part in body):
        return _items(body)
    groups: list[list[Node]] = []
    for part in body:
        if part.name == "item":
            groups.append([inner for argument in part.arguments for inner in argument])
        elif groups:
            groups[-1].append(part)
    marks = (f"{number}." if node.name == "enumerate" else "-" for number in range(1, len(groups) + 1))
    items = [write_item(mark, _blocks(group)) for mark, group in zip(marks, groups, strict=True) if _blocks(group)]
    return ["\n".join(items)] if items else []


def _inline(node: Node) -> str:
    """A node within a paragraph."""
    if not node.name:
        return re.sub(r"<(?=[A-Za-z/!])", r"\\<", node.text)
    if node.name in _SYMBOLS and not node.arguments:
        return "  \n" if node.name == "cr" else _SYMBOLS[node.name]
    if node.name in _DROPPED - {"cr", "tab"} or not node.arguments:
        return ""
    inner = _text(node.arguments[0])
    if node.name in ("code", "command", "option", "samp", "kbd", "env", "verb", "file", "pkg", "var"):
        code = " ".join(_code(node.arguments[0]).split())
        return f"`{code}`" if code and "`" not in code else f"`` {code} ``" if code else ""
    if node.name in ("emph", "dfn", "cite"):
        return f"*{inner.strip()}*"
    if node.name in ("strong", "bold"):
        return f"**{inner.strip()}**"
    if node.name == "href":
        address = _code(node.arguments[0]).strip()
        return f"[{_text(node.arguments[-1]).strip()}]({address})"
    if node.name in ("url", "email"):
        return f"<{inner.strip()}>" if node.name == "url" else inner
    if node.name in ("eqn", "deqn"):
        return f"${_code(node.arguments[0]).strip()}$"
    if node.name == "sQuote":
        return f"‘{inner}’"
    if node.name == "dQuote":
        return f"“{inner}”"
    if node.name in ("if", "ifelse"):
        return _text(node.arguments[1]) if inner.strip() in ("html", "text") and len(node.arguments) > 1 else (
            _text(node.arguments[2]) if len(node.arguments) > 2 else ""
        )  # fmt: skip
    return "".join(_text(argument) for argument in node.arguments)


def _text(nodes: list[Node]) -> str:
    return "".join(map(_inline, nodes))


def _flat(nodes: list[Node]) -> str:
    return " ".join(_code(nodes).split())


def _code(nodes: list[Node]) -> str:
    """Nodes as code: without marks, and macros such as `dontrun` by what is in them."""
    parts = []
    for node in nodes:
        if not node.name:
            parts.append(node.text)
        elif node.name in ("method", "S3method", "S4method") and len(node.arguments) == 2:
            generic, kind = _code(node.arguments[0]), _code(node.arguments[1])
            comment = "method" if node.name == "S4method" else "S3 method"
            parts.append(f"## {comment} for class '{kind}'\n{generic}")
        elif not node.arguments:
            parts.append(_SYMBOLS.get(node.name, "\\" + node.name))
        elif node.name != "testonly":
            parts += [_code(argument) for argument in node.arguments]
    return "".join(parts)
