"""Lines of roff: requests with their arguments, and text with its escapes as Markdown. See groff(7)."""

import re
from collections.abc import Iterator

_SPECIAL = {
    "(aq": "'", "(dq": '"', "(lq": "“", "(rq": "”", "(oq": "‘", "(cq": "’", "(em": "—", "(en": "–", "(hy": "-",
    "(bu": "•", "(co": "©", "(rg": "®", "(tm": "™", "(de": "°", "(ha": "^", "(ti": "~", "(rs": "\\", "(ga": "`",
    "(+-": "±", "(mu": "×", "(<=": "≤", "(>=": "≥", "(!=": "≠", "(->": "→", "(<-": "←", "(sc": "§", "(ss": "ß",
    "(:a": "ä", "(:o": "ö", "(:u": "ü", "('e": "é", "(sl": "/", "(at": "@", "(sh": "#", "(ba": "|", "(or": "|",
    "(br": "|", "(12": "½", "(14": "¼", "(if": "∞", "(mi": "−", "(pl": "+", "(eq": "=", "(Do": "$", "(lB": "[",
    "(rB": "]", "(lC": "{", "(rC": "}", "(la": "<", "(ra": ">", "(Fo": "«", "(Fc": "»", "(dg": "†", "(*m": "μ",
    "(mc": "µ", "(pi": "π", "(no": "¬", "(is": "∫", "(sq": "□", "(dA": "⇓", "(ua": "↑", "(da": "↓",
    "*(lq": "“", "*(rq": "”", "*(Aq": "'", "*(Tm": "™", "*R": "®", "*(C+": "C++", "*(--": "—", "*(L\"": "“",
    "*(R\"": "”", "*(C`": "“", "*(C'": "”", "*(PI": "π",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:(?P<font>f(?:\((?P<two>..)|\[(?P<name>[^\]\n]*)\]|(?P<one>.)))"
    r"|(?P<special>\*?\(..|\*?\[[^\]\n]{0,60}\]|\*.)"
    r"|(?P<dropped>s(?:[-+]?\(?\d\d?|[-+]?'[^'\n]*'|[-+]?\[[^\]\n]*\])|m\[[^\]\n]*\]|m\(..|M\[[^\]\n]*\]"
    r"|[hvwlLDoxXbRAZ]'[^'\n]*'|[hvw]\"[^\"\n]*\"|n(?:\(..|\[[^\]\n]*\]|[+-]?.)|k.|z|[gFV](?:\(..|\[[^\]\n]*\]|.))"
    r"|(?P<number>N'\d+')|C'(?P<char>[^'\n]*)'|(?P<other>.)|$)"
)
_PLAIN = {
    "-": "-",
    " ": " ",
    "0": " ",
    "e": "\\",
    "\\": "\\",
    "~": " ",
    "t": "\t",
    "'": "'",
    "`": "`",
    ".": ".",
    "_": "_",
}
_BOLD, _ITALIC = {"B", "3", "CB", "BI", "4"}, {"I", "2", "CI"}
BOLD, ITALIC, PLAIN = "\ue010", "\ue011", "\ue012"
"""Characters that begin text in bold, in italics and in the ordinary font, until `write_fonts`."""
_MARKS = BOLD + ITALIC + PLAIN


def unescape(text: str) -> str:
    """Text with its escapes replaced: characters by themselves, changes of font by marks."""
    if "\\" not in text:
        return text
    text = re.sub(r"\\[\"#].*", "", text)
    previous, current = PLAIN, PLAIN

    def replace(found: re.Match[str]) -> str:
        nonlocal previous, current
        if found["font"]:
            font = found["two"] or found["name"] or found["one"] or ""
            if font in ("P", ""):
                previous, current = current, previous
            else:
                new = BOLD if font in _BOLD else ITALIC if font in _ITALIC else PLAIN
                previous, current = current, new
            return current
        if found["special"]:
            return _special(found["special"])
        if found["char"]:
            return str(found["char"])
        if found["number"]:
            return chr(int(found["number"][2:-1][:6]) % 0x110000)
        return _PLAIN.get(found["other"] or "", "")

    return _ESCAPE.sub(replace, text)


def _special(name: str) -> str:
    if "[" in name:
        inner = name[name.index("[") + 1 : -1]
        if point := re.match(r"u([0-9A-Fa-f]{4,6})", inner):
            code = int(point[1], 16)
            return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        name = ("*" if name.startswith("*") else "") + ("(" + inner if len(inner) == 2 else inner)
        return _SPECIAL.get(name, _SPECIAL.get("(" + inner, ""))
    return _SPECIAL.get(name, "")


def write_fonts(text: str) -> str:
    """Text with marks of fonts, as Markdown: bold words as code or in bold, italic ones in italics."""
    if not any(mark in text for mark in _MARKS):
        return _escape(text)
    parts = re.split(f"([{_MARKS}])", text)
    written = [_escape(parts[0])]
    for mark, part in zip(parts[1::2], parts[2::2], strict=True):
        inner = part.strip()
        sign = {BOLD: "**", ITALIC: "*"}.get(mark, "")
        if not inner or not sign or not re.search(r"\w|[^\s*_]", inner):
            written.append(_escape(part))
            continue
        before, _, after = part.partition(inner)
        written.append(f"{before}{sign}{_escape(inner)}{sign}{after}")
    joined = "".join(written)
    return re.sub(r"(?<=[^\s*])\*\*\*\*(?=[^\s*])", "", joined)


def remove_fonts(text: str) -> str:
    """Text with marks of fonts removed."""
    return re.sub(f"[{_MARKS}]", "", text)


def _escape(text: str) -> str:
    return re.sub(r"<(?=[A-Za-z/!])", r"\\<", re.sub(r"(?<!\\)([*_])(?=\w|$)(?<!\w[*_])", r"\\\1", text))


def split_arguments(text: str) -> list[str]:
    """The arguments of a request: words, or text in double quotes, in which `""` is a quote."""
    found = []
    for match in re.finditer(r'"((?:[^"]|"")*)(?:"(?=\s|$)|$)|((?:\\.|[^\s\\]|\\$)+)', text):
        quoted, word = match.groups()
        found.append(quoted.replace('""', '"') if quoted is not None else word)
    return found


def requests(text: str) -> Iterator[tuple[str, str]]:
    """Each line as a request and what follows it; text has the request ``. Comments go; macros aren't defined."""
    lines = iter(re.sub(r"\\\n", "", text).split("\n"))
    for line in lines:
        found = re.match(r"[.'][ \t]*([A-Za-z][\w-]*|\\\"|[%][A-Z])?(.*)", line)
        if not found:
            yield "", line
            continue
        name, rest = found[1] or "", found[2]
        if name in ("de", "de1", "am", "ig", "dei"):
            end = f".{(split_arguments(rest) or ['', ''])[1:2][0]}" if len(split_arguments(rest)) > 1 else ".."
            for skipped in lines:
                if skipped.rstrip() == end:
                    break
        elif name in ("if", "ie", "el"):
            yield from _conditional(name, rest, lines)
        elif name and name != '\\"':
            yield name, rest.strip(" \t")


def _conditional(name: str, rest: str, lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """What a condition holds for a terminal (`n`): kept in one line, skipped in braces."""
    condition, _, then = rest.strip().partition(" ") if name != "el" else ("", "", rest.strip())
    if "\\{" in rest:
        depth = rest.count("\\{") - rest.count("\\}")
        inner = [rest.partition("\\{")[2]]
        while depth > 0 and (line := next(lines, None)) is not None:
            depth += line.count("\\{") - line.count("\\}")
            inner.append(line)
        if condition == "n":
            text = "\n".join(inner).replace("\\{", "").replace("\\}", "")
            yield from requests(text)
    elif condition == "n" and then:
        yield from requests(then)
