"""Write a docutils tree as Markdown."""

import re
from collections.abc import Callable, Sequence
from textwrap import dedent
from typing import Any

from vrom.builder.sources.formats.markdown_writer import escape_paragraph, write_fence, write_item, write_quote
from vrom.builder.sources.formats.restructured_text.inline import write_inline, write_part
from vrom.builder.sources.formats.restructured_text.languages import guess_language
from vrom.builder.sources.formats.restructured_text.plain import convert_plainly, read_title
from vrom.builder.sources.formats.restructured_text.tables import write_cells

_NOTES = {"note", "warning", "tip", "hint", "important", "caution", "danger", "error", "attention", "admonition"}
_SILENT = {"comment", "substitution_definition", "target", "pending", "meta"}
_TYPED = {"param", "parameter", "arg", "argument", "key", "keyword", "kwarg", "type", "raises", "raise", "except"}
_TYPED |= {"exception", "var", "ivar", "cvar", "paramtype", "vartype"}
_FLAGS = {
    "orphan",
    "tocdepth",
    "nosearch",
    "nocomments",
    "no-search",
    "sd_hide_title",
    "html_theme.sidebar_secondary.remove",
}
_PARTS_WITHOUT_CONTENT = 2
"""Number of parts of an object's section, its title and signature, that may be followed by its text."""
_ERROR = 3
"""Level of docutils' messages from which on the text in question isn't in the tree otherwise."""


class TreeWriter:
    """Converts a docutils tree to Markdown."""

    def __init__(self) -> None:
        self._language = ""
        """Language of code that doesn't name one, as the last `highlight` directive says."""
        self._writers: dict[str, Callable[[Any, int], list[str]]] = {
            "section": self._section,
            "title": self._title,
            "subtitle": self._title,
            "rubric": lambda node, _: [f"**{write_inline(node)}**"],
            **dict.fromkeys(("paragraph", "line", "attribution", "term"), self._paragraph),
            **dict.fromkeys(("literal_block", "doctest_block", "math_block"), self._code),
            **dict.fromkeys(("bullet_list", "enumerated_list"), self._list),
            "definition_list": self._definitions,
            **dict.fromkeys(("field_list", "option_list"), self._fields),
            "block_quote": self._quote,
            **dict.fromkeys(_NOTES, self._note),
            "table": self._table,
            "line_block": self._lines,
            "image": lambda node, _: [f"![{node['alt']}]({node['uri']})"] if node.get("alt") else [],
            **dict.fromkeys(("footnote", "citation"), self._footnote),
            "transition": lambda *_: ["---"],
            "comment": self._comment,
            "raw": self._raw,
            "system_message": self._problem,
            "topic": self._topic,
            "sidebar": self._topic,
            **dict.fromkeys(("label", "caption", "problematic"), lambda node, _: [write_part(node)]),
        }

    def blocks(self, node: Any, level: int) -> list[str]:
        """The Markdown of each block below a node; `level` is the level of the enclosing section."""
        return [block for child in node.children for block in self._block(child, level) if block.strip()]

    def _section(self, node: Any, level: int) -> list[str]:
        """A section; text after an object's description, which Markdown can't end, comes under the title again."""
        blocks: list[str] = []
        title, after_object = "", False
        for child in node.children:
            kind = type(child).__name__
            if len(blocks) == 1 and kind == "section" and _repeats(child, title):
                child = type(child)("", *child.children[1:])
                written = self.blocks(child, level + 2)
            else:
                written = [block for block in self._block(child, level + 1) if block.strip()]
            if written and after_object and title and kind != "section":
                blocks.append(title)
                after_object = False
            if kind == "title":
                title = written[0] if written else ""
            elif kind == "section":
                after_object = "object" in child.get("classes", []) and len(child.children) > _PARTS_WITHOUT_CONTENT
            blocks += written
        return blocks

    def _block(self, node: Any, level: int) -> list[str]:
        kind = type(node).__name__
        if write := self._writers.get(kind):
            return write(node, level)
        if kind in _SILENT:
            return []
        if kind == "Text" or self._is_inline(node):
            return self._paragraph_of([node])
        return self.blocks(node, level) if node.children else []

    def _is_inline(self, node: Any) -> bool:
        return any(base.__name__ == "Inline" for base in type(node).__mro__)

    def _title(self, node: Any, level: int) -> list[str]:
        return [f"{'#' * min(6, max(1, level))} {' '.join(write_inline(node).split())}"]

    def _paragraph(self, node: Any, _: int) -> list[str]:
        return [escape_paragraph(write_inline(node))]

    def _paragraph_of(self, nodes: Sequence[Any]) -> list[str]:
        return [escape_paragraph("".join(map(write_part, nodes)))]

    def _code(self, node: Any, _: int) -> list[str]:
        text = node.astext()
        return [write_fence(text, self._language_of(node))] if text.strip() else []

    def _language_of(self, node: Any) -> str:
        if type(node).__name__ == "doctest_block":
            return "python"
        if type(node).__name__ == "math_block":
            return "latex"
        classes = [name for name in node.get("classes", []) if name not in ("code", "literal-block")]
        return str(node.get("language") or next(iter(classes), "") or self._language or guess_language(node.astext()))

    def _comment(self, node: Any, _: int) -> list[str]:
        """Nothing, but a comment of a `highlight` directive changes the language of the code after it."""
        if "language" in node:
            self._language = "" if node["language"] in ("none", "default") else node["language"]
        return []

    def _list(self, node: Any, level: int) -> list[str]:
        bullet = type(node).__name__ == "bullet_list"
        start = int(node.get("start", 1)) if not bullet else 1
        marks = ["-" if bullet else f"{number}." for number in range(start, start + len(node.children))]
        items = zip(marks, node.children, strict=True)
        return ["\n".join(write_item(mark, self.blocks(child, level)) for mark, child in items)]

    def _definitions(self, node: Any, level: int) -> list[str]:
        return ["\n".join(self._definition(child, level) for child in node.children)]

    def _definition(self, node: Any, level: int) -> str:
        terms = [write_inline(child) for child in node.children if type(child).__name__ == "term"]
        kinds = [write_inline(child) for child in node.children if type(child).__name__ == "classifier"]
        parts = [child for child in node.children if type(child).__name__ not in ("term", "classifier")]
        body = [block for child in parts for block in self._block(child, level) if block.strip()]
        term = ", ".join(terms) + (f" ({', '.join(kinds)})" if kinds else "")
        first, rest = (body[0], body[1:]) if body and not body[0].startswith(_BLOCKS) else ("", body)
        return write_item("-", [f"**{term}** — {first}" if first else f"**{term}**", *rest])

    def _fields(self, node: Any, level: int) -> list[str]:
        named = [(" ".join(write_inline(child.children[0]).split()), child) for child in node.children]
        kept = [(name, child) for name, child in named if name.lower() not in _FLAGS]
        if not any(child.children[-1].children for _, child in kept):
            return []  # flags for a tool, such as `:orphan:`
        types = {
            name.partition(" ")[2]: " ".join(child.children[-1].astext().split())
            for name, child in kept
            if name.startswith(("type ", "paramtype ", "vartype "))
        }
        documented = {
            name.split()[-1] for name, _ in kept if " " in name and not name.startswith(("type ", "paramtype "))
        }
        items = [
            write_item("-", self._field(name, child, level, types))
            for name, child in kept
            if not (name.startswith(("type ", "paramtype ", "vartype ")) and name.partition(" ")[2] in documented)
        ]
        return ["\n".join(items)]

    def _field(self, name: str, node: Any, level: int, types: dict[str, str]) -> list[str]:
        body = self.blocks(node.children[-1], level)
        kind, _, argument = name.partition(" ")
        if argument and kind in _TYPED:
            *words, argument = argument.split()
            words = words or [types[argument]] if argument in types and kind != "type" else words
            prefix = (
                "raises "
                if kind in ("raise", "raises", "except", "exception")
                else "type of "
                if kind == "type"
                else ""
            )
            name = f"{prefix}`{argument}`" + (f" ({' '.join(words)})" if words else "")
        else:
            name = f"`{name}`" if type(node).__name__ == "option_list_item" else f"**{_FIELD_NAMES.get(name, name)}**"
        if not body or body[0].startswith(_BLOCKS):
            return [name, *body]
        return [f"{name} — {body[0]}", *body[1:]]

    def _quote(self, node: Any, level: int) -> list[str]:
        """A quote; code and lists that are only indented, as many authors write them, aren't quoted."""
        blocks = self.blocks(node, level)
        is_layout = all(type(child).__name__ in _INDENTED for child in node.children)
        return blocks if is_layout else [write_quote("\n\n".join(blocks))]

    def _note(self, node: Any, level: int) -> list[str]:
        kind = type(node).__name__
        title = [f"**{write_inline(child)}**" for child in node.children if type(child).__name__ == "title"]
        rest = [child for child in node.children if type(child).__name__ != "title"]
        body = [block for child in rest for block in self._block(child, level) if block.strip()]
        return [write_quote("\n\n".join([*(title if kind == "admonition" else [f"**{kind.capitalize()}**"]), *body]))]

    def _topic(self, node: Any, level: int) -> list[str]:
        title = [
            f"**{write_inline(child)}**" for child in node.children if type(child).__name__ in ("title", "subtitle")
        ]
        rest = [child for child in node.children if type(child).__name__ not in ("title", "subtitle")]
        return [*title, *(block for child in rest for block in self._block(child, level))]

    def _table(self, node: Any, level: int) -> list[str]:
        title = [f"**{write_inline(child)}**" for child in node.children if type(child).__name__ == "title"]
        return [*title, *write_cells(node, lambda entry: self.blocks(entry, level))]

    def _lines(self, node: Any, _: int) -> list[str]:
        lines = node.findall(lambda child: type(child).__name__ == "line")
        return ["  \n".join(escape_paragraph(write_inline(line)) for line in lines)]

    def _footnote(self, node: Any, level: int) -> list[str]:
        label = node.children[0].astext() if node.children else ""
        first, *rest = self.blocks(node, level)[1:] or [""]
        return [f"[{label}] {first}", *rest] if not first.startswith(_BLOCKS) else [f"[{label}]", first, *rest]

    def _raw(self, node: Any, _: int) -> list[str]:
        return [node.astext()] if node.get("format") == "markdown" else []

    def _problem(self, node: Any, level: int) -> list[str]:
        """Text that docutils could not place, such as a malformed table or a title of a level that isn't possible."""
        source = [child for child in node.children if type(child).__name__ == "literal_block"]
        if node.get("level", 0) < _ERROR or not source:
            return []
        text = source[0].astext()
        if title := read_title(text):
            return [f"{'#' * min(6, level + 1)} {title}"]
        if re.match(r"\s*[=+|-]{2}", text):
            return [write_fence(text, "text")]
        return [escape_paragraph(dedent(convert_plainly(text)))]


_INDENTED = {"doctest_block", "literal_block", "bullet_list", "enumerated_list", "definition_list", "table", "comment"}
_INDENTED |= {"note", "warning", "admonition", "target", "math_block"}


def _repeats(section: Any, title: str) -> bool:
    """True if the description of an object stands directly under a title that is its name."""
    if "object" not in section.get("classes", []):
        return False
    name, above = section.children[0].astext(), title.lstrip("#").strip().strip("`").removesuffix("()")
    return above in (name, name.rpartition(".")[2])


_BLOCKS = ("```", "- ", "|", "> ", "1. ", "#")
_FIELD_NAMES = {"rtype": "return type", "return": "returns"}
