"""Blocks of AsciiDoc as Markdown."""

import re
from collections.abc import Mapping

from vrom.builder.document import Remark
from vrom.builder.sources.formats.markdown_writer import escape_paragraph, write_fence, write_quote
from vrom.builder.sources.formats.markup.asciidoc.attributes import BlockAttributes
from vrom.builder.sources.formats.markup.asciidoc.code import find_language, write_code_block
from vrom.builder.sources.formats.markup.asciidoc.inline import convert_inline
from vrom.builder.sources.formats.markup.asciidoc.lines import (
    ADMONITION,
    ATTRIBUTES,
    BLOCK_MACRO,
    BLOCK_TITLE,
    DELIMITER,
    HEADING,
    Lines,
    is_list_item,
    underlined_level,
)
from vrom.builder.sources.formats.markup.asciidoc.lists import read_list
from vrom.builder.sources.formats.markup.asciidoc.tables import write_cells

_DEEPEST = 24
_ADMONITIONS = {"NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"}


class BlockReader:
    """Converts lines to blocks of Markdown, one after another."""

    def __init__(self, titles: Mapping[str, str], attributes: Mapping[str, str], depth: int = 0) -> None:
        self._titles, self._attributes, self._depth = titles, attributes, depth
        self.remarks: list[Remark] = []
        """Files to include that are left, such as those that a site's own tool knows."""

    def read(self, lines: Lines) -> list[str]:
        """The blocks of all lines."""
        blocks: list[str] = []
        while lines.skip_blank():
            blocks += self.next_block(lines)
        return blocks

    def within(self, text: list[str]) -> list[str]:
        """The blocks of lines in a block, a list item or a cell."""
        if self._depth >= _DEEPEST:
            return [write_fence("\n".join(text))] if any(text) else []
        inner = BlockReader(self._titles, self._attributes, self._depth + 1)
        blocks = inner.read(Lines(text))
        self.remarks += inner.remarks
        return blocks

    def inline(self, text: str) -> str:
        """Text within a block."""
        return convert_inline(text, self._titles)

    def next_block(self, lines: Lines) -> list[str]:
        """The next block, with the attributes above it."""
        attributes = BlockAttributes()
        while not lines.at_end:
            line = lines.current
            if not line.strip() or (line.startswith("//") and not line.startswith("///")):
                lines.advance()
            elif found := ATTRIBUTES.match(line):
                attributes.add(found[1])
                lines.advance()
            elif BLOCK_TITLE.match(line):
                attributes.title = self.inline(line[1:])
                lines.advance()
            else:
                return self._block(lines, attributes)
        return []

    def _block(self, lines: Lines, attributes: BlockAttributes) -> list[str]:
        line = lines.current
        if found := HEADING.match(line):
            if self._depth == 0 or attributes.style in ("discrete", "float"):
                lines.advance()
                return [f"{'#' * len(found[1])} {self.inline(found[2]).strip()}"]
        elif self._depth == 0 and (level := underlined_level(line, lines.peek(1))):
            lines.advance(2)
            return [f"{'#' * level} {self.inline(line.strip())}"]
        if found := DELIMITER.match(line):
            return self._titled(attributes, self._delimited(lines, attributes, found))
        if found := BLOCK_MACRO.match(line):
            lines.advance()
            return self._titled(attributes, self._macro(found[1], found[2], found[3]))
        if line in ("'''", "---", "- - -", "***", "* * *", "<<<"):
            lines.advance()
            return [] if line == "<<<" else ["---"]
        if is_list_item(line) and attributes.style not in ("source", "listing", "literal", "verse"):
            return self._titled(attributes, read_list(lines, self))
        return self._titled(attributes, self._paragraph(lines, attributes))

    def _titled(self, attributes: BlockAttributes, blocks: list[str]) -> list[str]:
        if attributes.title and blocks:
            return [f"**{attributes.title}**", *blocks]
        return blocks

    def _delimited(self, lines: Lines, attributes: BlockAttributes, found: re.Match[str]) -> list[str]:
        mark = found[0].rstrip()
        content = lines.take_until(mark if not mark.startswith("`") else found["ticks"])
        kind, style = mark[0], attributes.style
        if mark.endswith("===") and kind in "|,:!":
            return write_cells(content, mark[0], attributes, self._cell)
        if kind == "/":
            return []
        if kind == "`":
            attributes.positional = ["source", found["language"]]
        if style in ("stem", "latexmath", "asciimath"):
            return ["$$\n" + "\n".join(content) + "\n$$"]
        if kind in "-.`" and mark != "--":
            return self._verbatim(content, attributes)
        if mark == "--" and style in ("source", "listing", "literal"):
            return self._verbatim(content, attributes)
        if style == "verse":
            return [
                write_quote("  \n".join(self.inline("\n".join(content)).split("\n")) + self._attribution(attributes))
            ]
        if kind == "+" or style == "pass":
            return ["\n".join(content)] if any(content) else []
        if style == "comment":
            return []
        blocks = self.within(content)
        if style in _ADMONITIONS:
            return [self._admonition(style, attributes, blocks)]
        if kind == "_" or style == "quote":
            return [write_quote("\n\n".join(blocks) + self._attribution(attributes))] if blocks else []
        if kind == "*" or style == "sidebar":
            title = [f"**{attributes.title}**"] if attributes.title else []
            attributes.title = ""
            return [write_quote("\n\n".join([*title, *blocks]))] if blocks else []
        return blocks

    def _verbatim(self, content: list[str], attributes: BlockAttributes) -> list[str]:
        if attributes.style in _ADMONITIONS:
            return [self._admonition(attributes.style, attributes, self.within(content))]
        if attributes.style == "comment" or not any(map(str.strip, content)):
            return []
        language = find_language(attributes, self._attributes.get("source-language", ""))
        return [write_code_block("\n".join(content), attributes, language)]

    def _admonition(self, style: str, attributes: BlockAttributes, blocks: list[str]) -> str:
        label = f"**{style.capitalize()}: {attributes.title}**" if attributes.title else f"**{style.capitalize()}:**"
        attributes.title = ""
        if blocks and not re.match(r"```|[-|>*]|\d+\.", blocks[0]):
            blocks = [f"{label} {blocks[0]}", *blocks[1:]]
        else:
            blocks = [label, *blocks]
        return write_quote("\n\n".join(blocks))

    def _attribution(self, attributes: BlockAttributes) -> str:
        named = [attributes.named.get("attribution", ""), attributes.named.get("citetitle", "")]
        found = [self.inline(part) for part in [*attributes.positional[1:3], *named] if part]
        return "\n\n— " + ", ".join(found) if found else ""

    def _cell(self, text: str, style: str) -> list[str]:
        if style == "a":
            return self.within(text.strip().split("\n"))
        if style == "l":
            return [write_fence(text)] if text.strip() else []
        parts = [self.inline(" ".join(part.split())) for part in re.split(r"\n\s*\n", text) if part.strip()]
        wrap = {"m": "`", "s": "**", "h": "**", "e": "*"}.get(style, "")
        return [f"{wrap}{part}{wrap}" if "`" not in part else part for part in parts]

    def _macro(self, name: str, target: str, content: str) -> list[str]:
        if name == "image":
            alt = content.partition(",")[0].strip().strip('"')
            return [f"![{alt}]({target})"] if alt and "=" not in alt else []
        if name in ("video", "audio"):
            return [f"[{target}]({target})"]
        if name == "include":
            self.remarks.append(Remark("included file not found", f"include::{target}[]", lost=True))
        if name in ("toc", "include", "ifdef", "ifndef", "endif", "ifeval"):
            return []
        text = " ".join(filter(None, [target, content]))
        return [self.inline(text)] if text else []

    def _paragraph(self, lines: Lines, attributes: BlockAttributes) -> list[str]:
        is_literal = lines.current[:1] in " \t" and attributes.style not in ("normal", "quote", "verse")
        style = attributes.style
        content = lines.take_literal() if is_literal else lines.take_paragraph()
        if style in ("source", "listing") or (style == "literal"):
            return self._verbatim(content, attributes)
        if is_literal and style not in _ADMONITIONS:
            attributes.positional = [""] if style != "source" else attributes.positional
            smallest = min((len(line) - len(line.lstrip()) for line in content if line.strip()), default=0)
            return self._verbatim([line[smallest:] for line in content], attributes)
        if style in ("stem", "latexmath", "asciimath"):
            return ["$$\n" + "\n".join(content) + "\n$$"]
        if style == "pass":
            return ["\n".join(content)]
        if style == "comment":
            return []
        if found := ADMONITION.match(content[0]):
            style, content[0] = found[1], content[0][found.end() :]
        text = escape_paragraph(self.inline("\n".join(line.strip() if style != "verse" else line for line in content)))
        if style in _ADMONITIONS:
            return [self._admonition(style, attributes, [text])]
        if style in ("quote", "verse"):
            return [write_quote(text + self._attribution(attributes))]
        return [text] if text else []
