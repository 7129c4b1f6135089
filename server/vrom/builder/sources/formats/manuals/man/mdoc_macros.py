"""Manual pages written with mdoc(7), as BSD's are."""

from collections.abc import Callable, Iterator

from vrom.builder.sources.formats.manuals.man.blocks import Blocks
from vrom.builder.sources.formats.manuals.man.roff import remove_fonts, requests, split_arguments, unescape
from vrom.builder.sources.formats.manuals.man.tables import write_tbl

_BOLD = {"Nm", "Fl", "Cm", "Ic", "Sy", "Fn", "Ft", "In", "Dv", "Ev", "Er", "Li", "Ql", "Va_", "Ms", "Fd", "Cd"}
_ITALIC = {"Ar", "Em", "Fa", "Pa", "Va", "Vt", "Ad"}
_QUOTES = {
    "Op": "[]", "Bq": "[]", "Pq": "()", "Aq": "<>", "Brq": "{}", "Qq": '""', "Dq": "“”", "Sq": "‘’",
}  # fmt: skip
_OPEN = {"Oo": "[", "Bo": "[", "Po": "(", "Ao": "<", "Bro": "{", "Qo": '"', "Do": "“", "So": "‘"}
_CLOSE = {"Oc": "]", "Bc": "]", "Pc": ")", "Ac": ">", "Brc": "}", "Qc": '"', "Dc": "”", "Sc": "’"}
_SYSTEMS = {
    "Bx": "BSD", "Fx": "FreeBSD", "Nx": "NetBSD", "Ox": "OpenBSD", "Dx": "DragonFly", "Ux": "UNIX", "At": "AT&T UNIX",
    "Bsx": "BSD/OS",
}  # fmt: skip
_TEXT = {
    "No",
    "Tn",
    "An",
    "Xo",
    "Xc",
    "Lb",
    "St",
    "Ap",
    "Eo",
    "Ec",
    "Ns",
    "Pf",
    "Xr",
    "Lk",
    "Mt",
    "Sx",
    "Nd",
    "Bk",
    "Ta",
}
_CALLED = _BOLD | _ITALIC | _QUOTES.keys() | _OPEN.keys() | _CLOSE.keys() | _SYSTEMS.keys() | _TEXT
_AFTER, _BEFORE = {".", ",", ";", ":", ")", "]", "?", "!"}, {"(", "["}
_DEEPEST = 30


def read_mdoc(text: str) -> tuple[str, list[str]]:
    """Title (`ls(1)`) and blocks of a page."""
    return _MdocReader().read(text)


class _MdocReader:
    def __init__(self) -> None:
        self._blocks = Blocks()
        self._title = self._name = self._section = ""
        self._lists: list[tuple[str, int]] = []  # kind and depth of the lists around
        self._function: tuple[str, list[str]] | None = None

    def read(self, text: str) -> tuple[str, list[str]]:
        lines = requests(text)
        for name, rest in lines:
            if name == "TS":
                self._table(lines)
            elif name == "":
                self._text(rest)
            else:
                self._request(name, rest)
        return self._title, self._blocks.finish()

    def _text(self, text: str) -> None:
        if text.strip() or self._blocks.in_code:
            self._blocks.add(text)
        else:
            self._blocks.end_paragraph()

    def _request(self, name: str, rest: str) -> None:
        words = split_arguments(rest)
        handlers: dict[str, Callable[[list[str]], None]] = {
            "Dt": self._document, "Sh": self._heading, "Ss": self._subheading, "Bl": self._open_list,
            "It": self._item, "El": self._close_list, "Bd": self._display, "Fo": self._open_function,
            "Fn": self._function_line, "Rv": self._return_value, "Ex": self._exit_status,
        }  # fmt: skip
        if name in handlers:
            handlers[name](words)
        elif name in ("Pp", "Lp", "sp"):
            self._blocks.end_paragraph()
        elif name == "Ed":
            self._blocks.close_code()
            self._blocks.end_paragraph()
        elif name in ("Dl", "D1"):
            self._blocks.open_code()
            self._blocks.add(self._inline(words))
            self._blocks.close_code()
        elif name == "Fc" and self._function:
            function, arguments = self._function
            self._function = None
            self._blocks.add(f"\\fB{function}({', '.join(arguments)});\\fR")
            self._blocks.break_line()
        elif name == "Fa" and self._function:
            self._function[1].extend(words)
        elif name == "In" and self._section == "SYNOPSIS":
            self._blocks.add(f"\\fB#include <{''.join(words)}>\\fR")
            self._blocks.break_line()
        elif name == "Nm" and self._section == "SYNOPSIS":
            self._blocks.end_paragraph()
            self._blocks.add(self._inline([name, *words]))
        elif name.startswith("%"):
            self._blocks.add(self._inline(words) + ("," if name != "%O" else ""))
        elif name in _CALLED:
            self._blocks.add(self._inline([name, *words]))

    def _document(self, words: list[str]) -> None:
        if words:
            name = words[0].lower() if words[0].isupper() else words[0]
            self._title = f"{name}({words[1]})" if len(words) > 1 else name

    def _heading(self, words: list[str]) -> None:
        self._section = " ".join(words).upper()
        self._start_section("##", words)
        self._blocks.in_synopsis = self._section == "SYNOPSIS"

    def _subheading(self, words: list[str]) -> None:
        self._start_section("###", words)

    def _start_section(self, marks: str, words: list[str]) -> None:
        self._blocks.close_items()
        self._lists.clear()
        title = " ".join(remove_fonts(unescape(self._inline(words))).split())
        if title:
            self._blocks.put(f"{marks} {title}")

    def _open_list(self, words: list[str]) -> None:
        kind = next((word[1:] for word in words if word.startswith("-")), "tag")
        self._blocks.end_paragraph()
        self._lists.append((kind, self._blocks.depth))

    def _item(self, words: list[str]) -> None:
        if not self._lists:
            return
        kind, depth = self._lists[-1]
        while self._blocks.depth > depth:
            self._blocks.close_item()
        tag = self._inline(words)
        if not self._blocks.has_room:
            self._blocks.end_paragraph()
            self._blocks.add(tag)
        elif kind in ("bullet", "dash", "hyphen", "item"):
            self._blocks.open_item("")
        elif kind == "enum":
            self._blocks.open_item("1.")
        elif kind == "column":
            self._blocks.open_item("")
            self._blocks.add(tag.replace("\t", " — "))
        else:
            self._blocks.open_item(tag)

    def _close_list(self, _words: list[str]) -> None:
        _, depth = self._lists.pop() if self._lists else ("", 0)
        while self._blocks.depth > depth:
            self._blocks.close_item()

    def _display(self, words: list[str]) -> None:
        if {"-literal", "-unfilled"} & set(words):
            self._blocks.open_code()
        else:
            self._blocks.end_paragraph()

    def _open_function(self, words: list[str]) -> None:
        self._function = (words[0] if words else "", [])

    def _function_line(self, words: list[str]) -> None:
        tail = ";" if self._section == "SYNOPSIS" else ""
        self._blocks.add(self._inline(["Fn", *words]) + tail)
        if tail:
            self._blocks.break_line()

    def _return_value(self, _words: list[str]) -> None:
        self._blocks.add(
            f"The {self._name}() function returns the value 0 if successful; otherwise -1 is returned and the "
            "global variable errno is set to indicate the error."
        )

    def _exit_status(self, _words: list[str]) -> None:
        self._blocks.add(f"The {self._name} utility exits 0 on success, and >0 if an error occurs.")

    def _table(self, lines: Iterator[tuple[str, str]]) -> None:
        inside = []
        for name, rest in lines:
            if name == "TE":
                break
            inside.append(rest if not name else self._inline([name, *split_arguments(rest)]))
        for block in write_tbl(inside):
            self._blocks.put(block)

    def _inline(self, words: list[str]) -> str:
        """Macros within a line, with the escapes of their fonts."""
        return _Line(self._remember_name).write(words)

    def _remember_name(self, name: str) -> str:
        """The page's own name, which `.Nm` without a word means."""
        self._name = self._name or name
        return name or self._name


class _Line:
    """A line of callable macros and their words."""

    def __init__(self, name: Callable[[str], str]) -> None:
        self._name = name
        self._text = ""
        self._glued = False

    def write(self, words: list[str], depth: int = 0) -> str:
        position = 0
        while position < len(words):
            word = words[position]
            end = next((at for at in range(position + 1, len(words)) if words[at] in _CALLED), len(words))
            if word not in _CALLED:
                self._put(word)
                position += 1
                continue
            if word in _QUOTES and depth < _DEEPEST:
                rest = words[position + 1 :]
                closing: list[str] = []
                while rest and rest[-1] in _AFTER:
                    closing.insert(0, rest.pop())
                inner = _Line(self._name).write(rest, depth + 1)
                self._put(_QUOTES[word][0] + inner + _QUOTES[word][1])
                for mark in closing:
                    self._put(mark)
                return self._text
            self._macro(word, words[position + 1 : end])
            position = end
        return self._text

    def _macro(self, macro: str, words: list[str]) -> None:
        if macro in _OPEN:
            self._put(_OPEN[macro])
            self._glued = True
        elif macro in _CLOSE:
            self._text += _CLOSE[macro]
        elif macro == "Ns":
            self._glued = True
        elif macro == "Pf" and words:
            self._put(words.pop(0))
            self._glued = True
        elif macro == "Ap":
            self._text += "'"
            self._glued = True
        elif macro in _SYSTEMS:
            self._put(_SYSTEMS[macro])
        elif macro in ("Nd", "Ta"):
            self._put("—")
        elif macro == "In" and words:
            self._put(f"\\fB<{words[0]}>\\fR")
            words = words[1:]
        elif macro == "Xr" and len(words) > 1:
            self._put(f"{words[0]}({words[1]})")
            words = words[2:]
        elif macro == "Lk" and words:
            self._put(f"[{' '.join(words[1:]) or words[0]}]({words[0]})")
            words = []
        elif macro == "Fn" and words:
            arguments = [word for word in words[1:] if word not in _AFTER]
            marks = [word for word in words[1:] if word in _AFTER]
            self._put(f"\\fB{words[0]}\\fR({', '.join(arguments)})")
            words = marks
        elif macro == "Nm":
            name = self._name(words[0] if words and words[0] not in _AFTER else "")
            self._put(f"\\fB{name}\\fR")
            words = words[1:] if words and words[0] not in _AFTER else words
        elif macro == "Fl" and not [word for word in words if word not in _AFTER]:
            self._put("\\fB-\\fR")
            self._glued = True
        elif macro == "Ar" and not words:
            self._put("\\fIfile ...\\fR")
        font = "B" if macro in _BOLD else "I" if macro in _ITALIC else ""
        for word in words:
            shown = f"-{word}" if macro == "Fl" and word not in _AFTER and word != "|" else word
            self._put(f"\\f{font}{shown}\\fR" if font and word not in _AFTER | _BEFORE else shown)

    def _put(self, text: str) -> None:
        space = "" if self._glued or not self._text or text in _AFTER or self._text[-1] in _BEFORE else " "
        self._glued = False
        self._text += space + text
