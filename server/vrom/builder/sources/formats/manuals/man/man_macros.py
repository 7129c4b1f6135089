"""Manual pages written with man(7)."""

from collections.abc import Iterator

from vrom.builder.sources.formats.manuals.man.blocks import Blocks
from vrom.builder.sources.formats.manuals.man.roff import remove_fonts, requests, split_arguments, unescape
from vrom.builder.sources.formats.manuals.man.tables import write_tbl

_FONTS = {name: name for name in ("BI", "BR", "IB", "IR", "RB", "RI")}
_FONTS |= {"B": "BB", "I": "II", "SB": "BB", "SM": "RR", "R": "RR"}
_LONGEST_TERM = 200


def read_man(text: str) -> tuple[str, list[str]]:
    """Title (`printf(3)`) and blocks of a page."""
    return _ManReader().read(text)


class _ManReader:
    def __init__(self) -> None:
        self._blocks = Blocks()
        self._title = ""
        self._waits = ""  # what the next line of text is: the tag of `.TP`, or a heading
        self._indents: list[int] = []
        self._plain_font = ""
        self._last = ""  # the last request that began a paragraph or an item

    def read(self, text: str) -> tuple[str, list[str]]:
        lines = requests(text)
        for name, rest in lines:
            if name == "":
                self._text(rest)
            elif name == "TS":
                self._table(lines)
            elif name in ("EQ", "PS"):
                for inner, _ in lines:
                    if inner in ("EN", "PE"):
                        break
            else:
                self._request(name, rest)
        return self._title, self._blocks.finish()

    def _request(self, name: str, rest: str) -> None:
        if name in ("PP", "LP", "P", "TP", "IP", "SH", "SS", "RE", "sp"):
            self._last = name
        if name in _FONTS:
            words = split_arguments(rest)
            if words:
                self._text(_alternate(_FONTS[name], words))
            else:
                self._plain_font = _FONTS[name][0]
            return
        if name == "TH":
            parts = split_arguments(rest)
            if len(parts) > 1:
                name = unescape(parts[0])
                self._title = f"{name.lower() if name.isupper() else name}({parts[1]})"
        elif name in ("SH", "SS"):
            self._heading(name, rest)
        elif name in ("PP", "LP", "P", "HP"):
            self._paragraph()
        elif name in ("TP", "TQ"):
            self._new_item()
            self._waits = "tag"
        elif name == "IP":
            self._indented(split_arguments(rest))
        elif name == "RS":
            self._open_indent()
        elif name == "RE":
            depth = self._indents.pop() if self._indents else 0
            while self._blocks.depth > depth:
                self._blocks.close_item()
            self._blocks.end_paragraph()
        elif name in ("nf", "EX", "Vb"):
            self._blocks.open_code()
        elif name in ("fi", "EE", "Ve"):
            self._blocks.close_code()
        elif name in ("br", "ti", "ce"):
            self._blocks.break_line()
        elif name == "sp":
            self._blocks.end_paragraph()
        elif name in ("UR", "MT"):
            self._blocks.add(f"<{rest}>" if rest else "")
        elif name == "OP":
            words = split_arguments(rest)
            self._text("[" + " ".join(words) + "]")
        elif name == "SY":
            self._blocks.end_paragraph()
            self._text(_alternate("BB", split_arguments(rest) or [""]))
        elif name == "YS":
            self._blocks.end_paragraph()
        elif name == "so" and rest:
            self._blocks.add(f"See {rest}.")
        elif name == "MR":
            words = split_arguments(rest)
            self._text(_alternate("BR", [words[0], f"({words[1]}){''.join(words[2:])}"]) if len(words) > 1 else rest)

    def _open_indent(self) -> None:
        """`.RS`: what follows a short paragraph belongs to it, as DocBook writes lists of options."""
        self._indents.append(self._blocks.depth)
        words = remove_fonts(self._blocks.pending).strip()
        is_term = self._last in ("PP", "LP", "P", "sp") and len(words) < _LONGEST_TERM
        is_sentence = words[-1:] in (".", ":", "!", "?", "•") and not words.endswith("...")
        if words and is_term and not is_sentence and self._blocks.has_room and not self._blocks.in_code:
            self._blocks.open_item(self._blocks.take_pending())
        else:
            self._blocks.end_paragraph()
        self._last = ""

    def _text(self, text: str) -> None:
        if self._waits in ("SH", "SS"):
            kind, self._waits = self._waits, ""
            self._heading(kind, text)
        elif self._waits == "tag":
            self._waits = ""
            self._blocks.open_item(text)
        elif not text.strip():
            if self._blocks.in_code:
                self._blocks.add("")
            else:
                self._blocks.end_paragraph()
        else:
            if text[0] in " \t" and not self._blocks.in_code:
                self._blocks.break_line()
            if self._plain_font:
                text, self._plain_font = f"\\f{self._plain_font}{text}\\fR", ""
            self._blocks.add(text)

    def _heading(self, name: str, rest: str) -> None:
        words = split_arguments(rest)
        if not words:
            self._waits = name
            return
        self._blocks.close_items()
        self._indents.clear()
        title = " ".join(remove_fonts(unescape(" ".join(words))).split())
        self._blocks.in_synopsis = title.upper() == "SYNOPSIS"
        self._blocks.put(f"{'##' if name == 'SH' else '###'} {title}")

    def _paragraph(self) -> None:
        """A paragraph at the indentation of the innermost `.RS`: the items below it end."""
        if self._blocks.in_code:
            self._blocks.add("")
            return
        depth = self._indents[-1] if self._indents else 0
        while self._blocks.depth > depth:
            self._blocks.close_item()
        self._blocks.end_paragraph()

    def _new_item(self) -> None:
        self._blocks.close_code()
        self._paragraph()

    def _indented(self, words: list[str]) -> None:
        """`.IP`: an item if it has a tag, else a further paragraph of the item."""
        if words and words[0]:
            self._new_item()
            if self._blocks.has_room:
                self._blocks.open_item(words[0])
            else:
                self._blocks.add(words[0])
        else:
            self._blocks.end_paragraph()

    def _table(self, lines: Iterator[tuple[str, str]]) -> None:
        inside = []
        for name, rest in lines:
            if name == "TE":
                break
            if name == "":
                inside.append(rest)
            elif name in _FONTS:
                inside.append(_alternate(_FONTS[name], split_arguments(rest)))
        self._blocks.end_paragraph()
        for block in write_tbl(inside):
            self._blocks.put(block)


def _alternate(fonts: str, words: list[str]) -> str:
    """Words in fonts by turns, written together; or in one font, with spaces between them."""
    if fonts[0] == fonts[1]:
        return f"\\f{fonts[0]}{' '.join(words)}\\fR"
    return "".join(f"\\f{fonts[number % 2]}{word}" for number, word in enumerate(words)) + "\\fR"
