"""Attribute lists of AsciiDoc blocks (`[source,java]`), and attributes of the document (`{name}`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_PART = re.compile(
    r"""\s*(?:([\w.-]+)\s*=\s*)?(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|([^,]*?))\s*(?:,|$)""", re.DOTALL
)
_SHORTHAND = re.compile(r"([#.%])([^#.%]+)")
_REFERENCE = re.compile(r"(\\?)\{(?:(set|counter2?):)?([A-Za-z0-9_][\w-]*)(?:[:!][^{}]*)?\}")
_LONGEST_VALUE = 10_000

INTRINSIC = {
    "empty": "", "sp": " ", "nbsp": "\u00a0", "zwsp": "", "wj": "", "apos": "'", "quot": '"', "lsquo": "‘",
    "rsquo": "’", "ldquo": "“", "rdquo": "”", "deg": "°", "plus": "+", "brvbar": "¦", "vbar": "|", "amp": "&",
    "lt": "<", "gt": ">", "startsb": "[", "endsb": "]", "caret": "^", "asterisk": "*", "tilde": "~",
    "backslash": "\\", "backtick": "`", "two-colons": "::", "two-semicolons": ";;", "cpp": "C++", "pp": "++",
    "blank": "", "litdd": "--", "emdash": "—",
}  # fmt: skip
"""Attributes that every document has."""


@dataclass
class BlockAttributes:
    """What stands above a block: its attribute lists, its title and its anchors."""

    positional: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    title: str = ""

    @property
    def style(self) -> str:
        """The first positional attribute: `source`, `NOTE`, `quote`."""
        return self.positional[0] if self.positional else ""

    def add(self, text: str) -> None:
        """Add the attributes of a line `[…]`, given without its brackets."""
        if text.startswith("["):  # [[id]]
            self.named["id"] = text.strip("[]").partition(",")[0]
            return
        for number, (name, value) in enumerate(parse_list(text)):
            if name:
                self.named["options" if name == "opts" else name] = value
            elif number == 0:
                self._add_first(value)
            else:
                self.positional += [""] * (number + 1 - len(self.positional))
                self.positional[number] = value

    def has_option(self, name: str) -> bool:
        """True if an option such as `header` is set."""
        return name in re.split(r"[\s,]+", self.named.get("options", ""))

    def _add_first(self, value: str) -> None:
        if "=" in value or " " in value.strip():
            style, marks = value, ""
        else:
            style = re.match(r"[^#.%]*", value)[0]  # type: ignore[index]
            marks = value[len(style) :]
        if style or not self.positional:
            self.positional[:1] = [style]
        for mark, name in _SHORTHAND.findall(marks):
            key = {"#": "id", ".": "role", "%": "options"}[mark]
            self.named[key] = f"{self.named[key]},{name}" if key in self.named and key != "id" else name


def parse_list(text: str) -> list[tuple[str, str]]:
    """Names and values of an attribute list; the name of a positional attribute is empty."""
    found = []
    position = 0
    while position < len(text) and (part := _PART.match(text, position)):
        name, double, single, bare = part.groups()
        quoted = double if double is not None else single
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare.strip()
        found.append((name or "", value))
        if part.end() == position:
            break
        position = part.end()
    return found


def substitute(text: str, attributes: Mapping[str, str]) -> str:
    """Put in the values of attributes; a reference to an unknown one stays as it is."""
    if "{" not in text:
        return text

    def value(reference: re.Match[str]) -> str:
        escaped, directive, name = reference.groups()
        if escaped:
            return reference[0][1:]
        if directive:
            return ""
        return attributes.get(name.lower(), INTRINSIC.get(name, reference[0]))

    found = _REFERENCE.sub(value, text)
    return found if len(found) <= len(text) + _LONGEST_VALUE else text
