"""Man pages, compressed or not: headings, examples, and text without macros, by lines."""

import gzip
import re
from pathlib import Path

from benchmarks.reading.originals.original import Original
from benchmarks.reading.trees import Tree

_ROFF = re.compile(r"\\f(?:\[\w*\]|\(..|.)|\\s[-+]?\d+|\\[&|^/,%:]|\\m\[\w*\]")
_ROFF_LETTERS = {
    r"\-": "-",
    r"\(aq": "'",
    r"\[aq]": "'",
    r"\(ti": "~",
    r"\[ti]": "~",
    r"\(ha": "^",
    r"\[ha]": "^",
    r"\(ga": "`",
    r"\(co": " ",
    r"\(bu": " ",
    r"\e": " ",
    r"\(dq": '"',
    r"\(en": "-",
    r"\(em": "-",
    r"\ ": " ",
}


def read_man(source: bytes, _tree: Tree, _page: Path) -> Original:
    """The content of a man page."""
    if source[:2] == b"\x1f\x8b":
        source = gzip.decompress(source)
    original = Original()
    prose: list[str] = []
    code: list[str] | None = None
    in_table = False
    for line in source.decode("utf-8", "replace").replace("\\\n", "").split("\n"):
        macro, _, rest = line.partition(" ")
        if macro in (".SH", ".SS"):
            original.headings.append(_unroff(rest).strip('" '))
        elif macro in (".EX", ".nf") or (macro == ".EE" and code is None):
            code = []
        elif macro in (".EE", ".fi"):
            if code and any(map(str.strip, code)):
                original.codes.append("\n".join(code))
            code = None
        elif line.startswith((".TS", ".TE")):
            in_table = line.startswith(".TS")
        elif line.startswith(
            (
                '.\\"',
                "'\\\"",
                ".TH",
                ".de",
                ".if",
                ".ie",
                ".el",
                ".ds",
                ".so",
                ".sp",
                ".in",
                ".ad",
                ".na",
                ".hy",
                ".nh",
                ".ft",
                ".TP",
                ".RS",
                ".RE",
                ".PD",
                ".ta",
                ".ps",
            )
        ):
            continue
        else:
            is_macro = re.match(r"[.']\s*[A-Z]{1,2}\b", line)
            words = (rest if is_macro else line) if not in_table else ""
            if macro in (".IP", ".UR", ".MT", ".HP"):
                words = rest.rpartition(" ")[0] if re.search(r"\d$", rest) else rest if macro == ".IP" else ""
            if macro == ".SM" or macro in (".BR", ".IR", ".RI", ".RB", ".BI", ".IB"):
                words = "".join(_arguments(words))
            if code is not None:
                words = words.replace("\\e", "\\(rs")
            shown = _unroff(words.replace('"', " ") if is_macro else words)
            prose.append(shown) if code is None else code.append(shown)
    original.prose.append("\n".join(prose))
    return original


def _arguments(text: str) -> list[str]:
    return [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', text)]


def _unroff(text: str) -> str:
    for escape, letter in _ROFF_LETTERS.items():
        text = text.replace(escape, letter)
    text = text.replace("\\(rs", "\0")
    return re.sub(r"\\\(..|\\\[\w+\]|\\\*\(..|\\.", " ", _ROFF.sub("", text)).replace("\0", "\\")
