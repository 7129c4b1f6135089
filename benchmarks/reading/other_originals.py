"""AsciiDoc, man pages and POD: headings, literal blocks, and text without markup, by lines."""

import gzip
import re
from pathlib import Path

from benchmarks.reading.original import Original
from benchmarks.reading.trees import Tree

_ASCIIDOC_MARKUP = (
    (
        re.compile(
            r"^(?:\[.*\]|//.*|:[\w!-]+:.*|\.\w.*|\+|ifn?def::.*|endif::.*|ifeval::.*|include::.*|image::.*|toc::.*)$",
            re.MULTILINE,
        ),
        "",
    ),
    (re.compile(r"\b(?:linkgit|link|xref|https?|mailto|footnote|image):([^\s\[\]]*)\[([^\]]*)\]"), r" \2 "),
    (re.compile(r"<<[^>,]*,?([^>]*)>>"), r" \1 "),
    (re.compile(r"\{[\w-]+\}"), " "),
    (re.compile(r"^\|=+|[|]", re.MULTILINE), " "),
    (re.compile(r"::+\s*$|[`'+_*]{1,2}", re.MULTILINE), " "),
)


def read_asciidoc(source: bytes, _tree: Tree, _page: Path) -> Original:
    """The content of a page in AsciiDoc."""
    original, prose = Original(), []
    lines = source.decode("utf-8", "replace").split("\n")
    at = 0
    while at < len(lines):
        line = lines[at].rstrip()
        below = lines[at + 1].rstrip() if at + 1 < len(lines) else ""
        if re.fullmatch(r"-{4,}|\.{4,}", line):
            end = next((n for n in range(at + 1, len(lines)) if lines[n].rstrip() == line), len(lines))
            if any(map(str.strip, lines[at + 1 : end])):
                original.codes.append("\n".join(lines[at + 1 : end]))
            at = end + 1
        elif re.fullmatch(r"/{4,}", line):
            at = next((n for n in range(at + 1, len(lines)) if lines[n].rstrip() == line), len(lines)) + 1
        elif (
            re.fullmatch(r"([=\-~^+])\1{2,}", below) and line and abs(len(line) - len(below)) <= 2 and line[0].isalnum()
        ):
            original.headings.append(re.sub(r"[`*']", "", line))
            at += 2
        elif found := re.match(r"={1,5}\s+(\S.*)", line):
            original.headings.append(re.sub(r"[`*']", "", found[1]))
            at += 1
        else:
            prose.append(line)
            at += 1
    text = "\n".join(prose)
    for pattern, by in _ASCIIDOC_MARKUP:
        text = pattern.sub(by, text)
    original.prose.append(text)
    return original


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


_POD_CODES = re.compile(r"[A-Z]<(?:<+\s)?|(?:\s>+)?>")


def read_pod(source: bytes, _tree: Tree, _page: Path) -> Original:
    """The content of a page in POD."""
    original = Original()
    prose: list[str] = []
    code: list[str] = []

    def flush() -> None:
        if code:
            original.codes.append("\n".join(code))
            code.clear()

    skipped = True  # until the first command
    for paragraph in re.split(r"\n[ \t]*\n", source.decode("utf-8", "replace")):
        paragraph = paragraph.strip("\n")
        if found := re.match(r"=(\w+)\s*(.*)", paragraph, re.DOTALL):
            flush()
            skipped = found[1] in ("begin", "cut")
            if found[1].startswith("head"):
                original.headings.append(_unpod(found[2]))
            elif found[1] == "item":
                prose.append(_unpod(found[2]))
        elif skipped:
            continue
        elif re.match(r"[ \t]", paragraph):
            code.append(paragraph)
        else:
            flush()
            prose.append(_unpod(paragraph))
    flush()
    original.prose += prose
    return original


def _unpod(text: str) -> str:
    text = re.sub(r"L<(?:<+\s+)?(?:([^|<>]*)\|)[^<>]*>", r" \1 ", text)
    text = re.sub(r"[XZ]<[^<>]*>", "", text)
    text = re.sub(r"E<lt>", "<", text).replace("E<gt>", ">")
    while (shorter := re.sub(r"\b[BCFILSX]<<?\s?([^<>]*)\s?>>?", r"\1", text)) != text:
        text = shorter
    return " ".join(_POD_CODES.sub(" ", text).split())
