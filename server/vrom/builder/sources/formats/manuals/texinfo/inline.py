"""Text of Texinfo with its commands (`@code{x}`, `@xref{Node}`) as Markdown."""

import re
from collections.abc import Mapping

_CODE = {
    "code", "samp", "kbd", "key", "file", "command", "option", "env", "verb", "indicateurl", "t", "math", "dfn_",
    "email_",
}  # fmt: skip
_STRONG, _EMPHASIS = {"strong", "b"}, {"emph", "i", "var", "dfn", "cite", "slanted"}
_SYMBOLS = {
    "dots": "…", "enddots": "…", "copyright": "©", "registeredsymbol": "®", "result": "⇒", "expansion": "↦",
    "print": "⊣", "error": "error→", "equiv": "≡", "point": "∗", "bullet": "•", "minus": "-", "TeX": "TeX",
    "LaTeX": "LaTeX", "atchar": "@", "lbracechar": "{", "rbracechar": "}", "comma": ",", "backslashchar": "\\",
    "hashchar": "#", "ampchar": "&", "tie": " ", "euro": "€", "pounds": "£", "aa": "å", "AA": "Å", "ae": "æ",
    "oe": "œ", "ss": "ß", "o": "ø", "l": "ł", "quotedblleft": "“", "quotedblright": "”", "quoteleft": "‘",
    "quoteright": "’", "arrow": "→", "click": "→", "geq": "≥", "leq": "≤", "textdegree": "°", "exclamdown": "¡",
    "questiondown": "¿", "guillemetleft": "«", "guillemetright": "»", "today": "", "noindent": "",
}  # fmt: skip
_DROPPED = {"anchor", "cindex", "hyphenation", "inlineraw"}
_TOKEN = re.compile(r"@([a-zA-Z]+)(\s*\{)?|@([^a-zA-Z])|([{}])|([^@{}]+)", re.DOTALL)
_DEEPEST = 40
_ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304"}


def convert_inline(text: str, values: Mapping[str, str], *, code: bool = False) -> str:
    """Text as Markdown, or as it stands in code."""
    return _Inline(text, values).read(0, code=code, is_open=False)


class _Inline:
    def __init__(self, text: str, values: Mapping[str, str]) -> None:
        self._text, self._values, self._at = text, values, 0

    def read(self, depth: int, *, code: bool, is_open: bool) -> str:
        """Text up to the brace that closes what is open."""
        parts: list[str] = []
        while self._at < len(self._text):
            token = _TOKEN.match(self._text, self._at)
            if token is None:
                self._at += 1
                continue
            name, brace, sign, mark, text = token.groups()
            self._at = token.end()
            if text:
                parts.append(text if code else _escape(text))
            elif mark == "}":
                if is_open:
                    return "".join(parts)
                parts.append("}")
            elif mark == "{":
                inner = self.read(depth + 1, code=code, is_open=True) if depth < _DEEPEST else ""
                parts.append("{" + inner + "}" if code else inner)
            elif sign:
                parts.append(self._sign(sign))
            elif brace:
                parts.append(self._command(name, depth, code=code))
            elif name in _SYMBOLS:
                parts.append(_SYMBOLS[name])
        return "".join(parts)

    def _sign(self, sign: str) -> str:
        if sign in _ACCENTS:
            found = re.compile(r"\{?(\w)\}?").match(self._text, self._at)
            if found:
                self._at = found.end()
                return found[1] + _ACCENTS[sign]
        return {"@": "@", "{": "{", "}": "}", " ": " ", "\n": " ", "\t": " ", "*": "\n", "/": "", "-": "", ":": "",
                ".": ".", "!": "!", "?": "?", "&": "&", ",": ""}.get(sign, sign)  # fmt: skip

    def _command(self, name: str, depth: int, *, code: bool) -> str:
        is_code = code or name in _CODE or name in ("value", "uref", "url", "image", "U")
        if depth >= _DEEPEST:
            return ""
        inner = self.read(depth + 1, code=is_code, is_open=True)
        if name == "value":
            return self._values.get(inner.strip(), f"{{{inner.strip()}}}")
        if name in _SYMBOLS:
            return _SYMBOLS[name] or inner
        if name in ("xref", "pxref", "ref", "inforef"):
            return _reference(name, inner)
        if name in _DROPPED:
            return ""
        if name == "U":
            return (
                chr(int(inner, 16))
                if re.fullmatch(r"[0-9A-Fa-f]{4,5}", inner) and not inner.upper().startswith("D8")
                else ""
            )
        if code:
            return inner
        if name in _CODE:
            words = " ".join(inner.split())
            return (f"`` {words} ``" if "`" in words else f"`{words}`") if words else ""
        if name in _STRONG | _EMPHASIS and inner.strip():
            mark = "**" if name in _STRONG else "*"
            return f"{mark}{inner.strip()}{mark}"
        if name in ("uref", "url"):
            address, _, label = inner.partition(",")
            label = label.strip().rpartition(",")[2].strip() or label.strip().strip(",")
            return f"[{label}]({address.strip()})" if label else f"<{address.strip()}>"
        if name == "image":
            alt = inner.split(",")[3].strip() if inner.count(",") > 2 else ""
            return f"![{alt}]({inner.partition(',')[0]})" if alt else ""
        if name in ("acronym", "abbr", "email"):
            return inner.partition(",")[2].strip() + f" ({inner.partition(',')[0]})" if "," in inner else inner
        if name == "footnote":
            return f" ({' '.join(inner.split())})"
        if name in ("inlinefmt", "inlineifset", "inlinefmtifelse"):
            kind, _, rest = inner.partition(",")
            return rest.strip() if kind.strip() in ("html", "plaintext", "info") else ""
        return inner


def _reference(name: str, inner: str) -> str:
    parts = [part.strip() for part in inner.split(",")]
    label = next((part for part in (*parts[2:3], *parts[1:2], parts[0]) if part), "")
    manual = parts[4] if len(parts) > 4 and parts[4] else ""
    label = f"{label} in {manual}" if manual else label
    return f"{'See ' if name == 'xref' else 'see ' if name == 'pxref' else ''}{label}"


def _escape(text: str) -> str:
    text = text.replace("---", "—").replace("``", "“").replace("''", "”")
    return re.sub(r"<(?=[A-Za-z/!])", r"\\<", text)
