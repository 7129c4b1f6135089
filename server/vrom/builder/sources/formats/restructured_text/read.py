"""Convert reStructuredText to Markdown with docutils, accepting Sphinx's roles and directives."""

from collections.abc import Iterator, Sequence
from typing import Any

from vrom.builder.document import Document
from vrom.builder.sources.extra import import_extra
from vrom.builder.sources.formats.decode import NothingToReadError, UnreadableError
from vrom.builder.sources.formats.markdown_writer import (
    escape_paragraph,
    write_fence,
    write_item,
    write_quote,
    write_table,
)
from vrom.builder.sources.formats.restructured_text.sphinx_names import accept_unknown_names
from vrom.builder.sources.formats.titles import make_titled_document


def read_restructured_text(text: str, name: str) -> Iterator[Document]:
    """Read a reStructuredText document. Raises `UnreadableError` if it has no text, only directives."""
    markdown = to_markdown(text)
    if not markdown.strip():
        raise NothingToReadError("no text, only directives")
    yield make_titled_document(name, markdown)


def to_markdown(text: str) -> str:
    """Convert reStructuredText to Markdown. Raises `UnreadableError` if it is nested too deeply."""
    core = import_extra("docutils.core", "reStructuredText")
    accept_unknown_names(text)
    settings = {
        "report_level": 5,
        "halt_level": 5,
        "file_insertion_enabled": False,
        "raw_enabled": False,
        "syntax_highlight": "none",
        "smart_quotes": False,
        "_disable_config": True,
        "doctitle_xform": False,
        "input_encoding": "unicode",
    }
    try:
        tree = core.publish_doctree(text, settings_overrides=settings)
        return "\n\n".join(_Writer().blocks(tree, level=0)) + "\n"
    except RecursionError as error:
        raise UnreadableError("nested too deeply to be reStructuredText") from error


class _Writer:
    """Converts a docutils tree to Markdown."""

    def blocks(self, node: Any, level: int) -> list[str]:
        """The Markdown of each block below a node; `level` is the level of the enclosing section."""
        return [block for child in node.children for block in self._block(child, level) if block.strip()]

    def _block(self, node: Any, level: int) -> list[str]:
        kind = type(node).__name__
        if kind == "section":
            return self.blocks(node, level + 1)
        if kind in ("title", "subtitle", "rubric"):
            mark = "#" * min(6, max(1, level)) if kind != "rubric" else ""
            return [f"{mark} {self.inline(node)}" if mark else f"**{self.inline(node)}**"]
        if kind in ("paragraph", "line", "attribution", "term"):
            return [escape_paragraph(self.inline(node))]
        if kind in ("literal_block", "doctest_block", "math_block"):
            return [write_fence(node.astext(), self._language(node))]
        if kind in ("bullet_list", "enumerated_list"):
            return [self._list(node, level)]
        if kind == "definition_list":
            return ["\n".join(self._definition(child, level) for child in node.children)]
        if kind in ("field_list", "option_list", "docinfo"):
            if not any(child.children[-1].children for child in node.children):
                return []  # flags for a tool, such as `:orphan:`
            return ["\n".join(write_item("-", self._field(child, level)) for child in node.children)]
        if kind == "block_quote":
            return [write_quote("\n\n".join(self.blocks(node, level)))]
        if kind in _NOTES:
            body = "\n\n".join(self.blocks(node, level))
            return [write_quote(f"**{kind.capitalize()}**\n\n{body}" if kind != "admonition" else body)]
        if kind == "table":
            return self._table(node, level)
        if kind == "line_block":
            return [
                "  \n".join(self.inline(line) for line in node.findall(lambda child: type(child).__name__ == "line"))
            ]
        if kind == "image":
            return [f"![{node['alt']}]({node['uri']})"] if node.get("alt") else []
        if kind in ("footnote", "citation"):
            label = node.children[0].astext() if node.children else ""
            return [f"[{label}] " + " ".join(self.blocks(node, level)[1:] or [""])]
        if kind == "transition":
            return ["---"]
        if kind in _SILENT:
            return []
        if kind in ("label", "caption"):
            return [self.inline(node)]
        return self.blocks(node, level) if node.children else []

    def _language(self, node: Any) -> str:
        if node.get("language"):
            return str(node["language"])
        if type(node).__name__ == "doctest_block":
            return "python"
        if type(node).__name__ == "math_block":
            return "latex"
        return next((name for name in node.get("classes", []) if name != "code"), "")

    def _list(self, node: Any, level: int) -> str:
        bullet = type(node).__name__ == "bullet_list"
        start = int(node.get("start", 1)) if not bullet else 1
        marks = ["-" if bullet else f"{number}." for number in range(start, start + len(node.children))]
        return "\n".join(
            write_item(mark, self.blocks(child, level)) for mark, child in zip(marks, node.children, strict=True)
        )

    def _definition(self, node: Any, level: int) -> str:
        terms = [self.inline(child) for child in node.children if type(child).__name__ in ("term", "classifier")]
        body = [block for child in node.children[1:] for block in self._block(child, level)]
        term = terms[0] + (f" ({', '.join(terms[1:])})" if len(terms) > 1 else "")
        first, rest = (body[0], body[1:]) if body and not body[0].startswith(("```", "- ", "|", ">")) else ("", body)
        return write_item("-", [f"**{term}** — {first}" if first else f"**{term}**", *rest])

    def _field(self, node: Any, level: int) -> Sequence[str]:
        name = " ".join(self.inline(node.children[0]).split())
        body = self.blocks(node.children[-1], level)
        kind, _, argument = name.partition(" ")
        if argument and kind in ("param", "parameter", "arg", "argument", "key", "keyword", "type", "raises", "raise"):
            *types, argument = argument.split()
            prefix = "raises " if kind.startswith("raise") else "type of " if kind == "type" else ""
            name = f"{prefix}`{argument}`" + (f" ({' '.join(types)})" if types else "")
        else:
            name = f"`{name}`" if type(node).__name__ == "option_list_item" else f"**{name}**"
        return [f"{name} — {body[0]}", *body[1:]] if body else [name]

    def _table(self, node: Any, level: int) -> list[str]:
        title = [f"**{self.inline(child)}**" for child in node.children if type(child).__name__ == "title"]
        rows = [
            [" ".join(" ".join(self.blocks(entry, level)).split()) for entry in row.children]
            for row in node.findall(lambda child: type(child).__name__ == "row")
        ]
        return [*title, write_table(rows)] if rows else title

    def inline(self, node: Any) -> str:
        """The Markdown of a line of text."""
        return "".join(map(self._inline, node.children))

    def _inline(self, node: Any) -> str:
        kind = type(node).__name__
        if kind == "Text":
            return str(node.astext())
        if kind in ("literal", "math", "title_reference"):  # Sphinx projects use title references for code, too
            text = node.astext()
            return f"``{text}``" if "`" in text else f"`{text}`"
        if kind == "strong":
            return f"**{self.inline(node)}**"
        if kind == "emphasis":
            return f"*{self.inline(node)}*"
        if kind == "reference":
            text, address = self.inline(node), node.get("refuri", "")
            return f"[{text}]({address})" if address and address != text else text
        if kind == "image":
            return f"![{node['alt']}]({node['uri']})" if node.get("alt") else ""
        if kind in ("footnote_reference", "citation_reference"):
            return f"[{node.astext()}]"
        if kind in _SILENT or kind == "target":
            return ""
        return self.inline(node)


_NOTES = {"note", "warning", "tip", "hint", "important", "caution", "danger", "error", "attention", "admonition"}
_SILENT = {"comment", "system_message", "substitution_definition", "target", "pending", "raw", "problematic", "meta"}
