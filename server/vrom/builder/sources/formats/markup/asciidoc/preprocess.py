"""The first pass over AsciiDoc: conditions, included files, attributes and comments, line by line in their order."""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from vrom.builder.document import Remark
from vrom.builder.sources.formats.markup.asciidoc.attributes import parse_list, substitute
from vrom.builder.sources.formats.markup.asciidoc.included import select_lines, shift_headings
from vrom.builder.sources.formats.markup.asciidoc.lines import underlined_level

IncludeReader = Callable[[str], str | None]
"""Function from the path in an `include::` to the text of that file; None if it isn't there."""

VERBATIM = re.compile(r"(-{4,}|\.{4,}|\+{4,}|/{4,}|`{3,})(?:[\w+#.,-]*)\s*$")
_ENTRY = re.compile(r":(!?[A-Za-z0-9_][\w-]*!?):(?:\s+(.*))?$")
_DIRECTIVE = re.compile(r"(\\?)(ifdef|ifndef|ifeval|endif|include)::(\S.*?|)\[(.*)\]\s*$")
_RESOURCE = re.compile(
    r"(?:[\w.-]+@)?(?:[\w.-]+:(?=[\w.-]*:))?(?:(?P<module>[\w.-]+):)?(?P<family>partial|example|page)\$(?P<path>.+)"
)
"""How Antora names a file: `module:partial$file.adoc`."""
_INCLUDE_DEPTH, _MOST_LINES = 12, 400_000
_NO_VALUE = {"env-github", "env-browser", "env-vscode"}


@dataclass
class Preprocessor:
    """Turns the lines of a document into those that its blocks consist of."""

    read_included: IncludeReader
    attributes: dict[str, str] = field(default_factory=dict)
    """Attributes of the document, as its lines set them."""
    remarks: list[Remark] = field(default_factory=list)
    """Included files that aren't there."""
    only_include: bool = False
    """Change nothing but the `include::` directives."""

    def __post_init__(self) -> None:
        self._open = ""  # the delimiter of the verbatim block that the current line is in
        self._subs = False  # attributes are put in, in that block
        self._above = ""  # the last attribute list
        self._title = "", ""  # the line before, if it may be a title: as written, and with its attributes put in
        self._in_text = False
        self._count = 0
        self._folder = ""  # of the included file that is being read, from the page

    def lines(self, text: str, depth: int = 0) -> Iterator[str]:
        """The lines with everything put in that they refer to."""
        conditions: list[bool] = []
        source = iter(text.split("\n"))
        for raw in source:
            line = raw.rstrip()
            self._count += 1
            if self._count > _MOST_LINES:
                return
            found = _DIRECTIVE.match(line)
            if found and found[1]:
                yield line if self.only_include else line[1:]
            elif found and found[2] == "include":
                if all(conditions):
                    yield from self._include(found[3], found[4], depth)
            elif found:
                lines = list(self._condition(found[2], found[3], found[4], conditions))
                yield from [raw] if self.only_include else lines
            elif self.only_include:
                yield raw
                if all(conditions):
                    list(self._line(line, iter(())))
            elif all(conditions):
                yield from self._line(line, source)

    def _condition(self, kind: str, names: str, content: str, conditions: list[bool]) -> Iterator[str]:
        if kind == "endif":
            del conditions[-1:]
            return
        holds = self._compare(content) if kind == "ifeval" else self._is_set(names) == (kind == "ifdef")
        if kind != "ifeval" and content:
            if holds and all(conditions):
                yield from self._line(content, iter(()))
        else:
            conditions.append(holds)

    def _is_set(self, names: str) -> bool:
        """True if attributes are set: any of `a,b`, all of `a+b`."""
        if "+" in names:
            return all(name.strip().lower() in self.attributes for name in names.split("+"))
        return any(name.strip().lower() in self.attributes for name in names.split(","))

    def _compare(self, expression: str) -> bool:
        found = re.match(r"\s*(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*$", expression[:1_000])
        if not found:
            return True
        left, right = (substitute(side, self.attributes).strip("\"'") for side in (found[1], found[3]))
        if found[2] in ("==", "!="):
            return (left == right) == (found[2] == "==")
        try:
            difference = float(left) - float(right)
        except ValueError:
            difference = (left > right) - (left < right)
        return {"<": difference < 0, ">": difference > 0, "<=": difference <= 0, ">=": difference >= 0}[found[2]]

    def _line(self, line: str, source: Iterator[str]) -> Iterator[str]:
        if self._open:
            closes = line == self._open
            self._open = "" if closes else self._open
            yield substitute(line, self.attributes) if self._subs and not closes else line
            return
        (written, shown), self._title = self._title, ("", "")
        if underlined_level(written, line):
            self._in_text = False
            yield line if len(written) == len(shown) else line[0] * max(3, len(shown.rstrip()))
        elif mark := VERBATIM.match(line):
            self._open = mark[1]
            self._in_text = False
            self._subs = re.search(r"""subs\s*=\s*["']?[^"'\]]*\b(?:attributes|normal)\b""", self._above) is not None
            self._above = ""
            yield line
        elif (entry := _ENTRY.match(line)) is not None:
            self._set(entry[1], self._whole_value(entry[2] or "", source))
        else:
            if line.startswith("[") and line.endswith("]"):
                self._above = line
            elif line and not line.startswith("."):
                self._above = ""
            shown = substitute(line, self.attributes)
            self._title = ("", "") if self._in_text else (line, shown)
            self._in_text = bool(line) and not line.startswith("[")
            yield shown

    def _whole_value(self, value: str, source: Iterator[str]) -> str:
        """The value of an attribute that goes on where a line ends with a backslash."""
        while value.endswith("\\"):
            value = value[:-1].removesuffix(" +").rstrip() + " " + next(source, "").strip()
        return value

    def _set(self, name: str, value: str) -> None:
        key = name.strip("!").lower()
        if "!" in name:
            self.attributes.pop(key, None)
        elif key not in _NO_VALUE:
            self.attributes[key] = substitute(value.removeprefix("pass:a[").strip(), self.attributes)

    def _include(self, target: str, options: str, depth: int) -> Iterator[str]:
        path = substitute(target, self.attributes)
        named = dict(parse_list(substitute(options, self.attributes)))
        place, text = self._find(path) if depth < _INCLUDE_DEPTH else (path, None)
        if text is None:
            if named.get("opts", named.get("options")) != "optional":
                self.remarks.append(Remark("included file not found", f"include::{path}[]", lost=True))
            return
        selected = shift_headings(select_lines(text, named), named.get("leveloffset", ""))
        if self._open:  # the file is code
            for line in selected.split("\n"):
                self._count += 1
                yield line
            return
        before, self._folder = self._folder, posixpath.dirname(place)
        yield from self.lines(selected, depth + 1)
        self._folder = before

    def _find(self, path: str) -> tuple[str, str | None]:
        """The path at which an included file was found, and its text; None if it is nowhere."""
        places = [path]
        if found := _RESOURCE.fullmatch(path):
            below = f"{found['family']}s/{found['path']}"
            module = found["module"]
            places = [f"{module}/{below}", f"../../{module}/{below}"] if module else [below, f"../{below}"]
        elif self._folder:
            places = [posixpath.normpath(posixpath.join(self._folder, path)), path]
        return next(
            ((place, text) for place in places if (text := self.read_included(place)) is not None), (path, None)
        )


def expand_includes(text: str, read_included: IncludeReader) -> tuple[str, list[Remark]]:
    """AsciiDoc with its included files put in and nothing else changed, and remarks on those that aren't there."""
    preprocessor = Preprocessor(read_included, only_include=True)
    return "\n".join(preprocessor.lines(text)), preprocessor.remarks
