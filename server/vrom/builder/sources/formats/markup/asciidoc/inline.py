"""Text within an AsciiDoc block: quotes, links and macros, as Markdown."""

import re
from collections.abc import Callable, Mapping

_KEPT = "\ue000{}\ue001"
_KEPT_MARK = re.compile("\ue000(\\d+)\ue001")
_BRACKETS = r"\[((?:\\\]|[^\[\]]|\[[^\[\]]*\])*)\]"
_PASS = re.compile(
    r"(?<![\w\\])pass:[a-z,]*\[((?:\\\]|[^\]])*)\]|\+{3}(.{1,2000}?)\+{3}|\$\$(.{1,2000}?)\$\$"
    r"|(\\?)(?:\[[^\[\]\n]{0,80}\])?(?:``(?!`)(.{1,2000}?)``|(?<![\w`\"'])`(?=\S)([^`]{0,2000}?\S|\S)`(?![\w`\"']))"
    r"|(?<!\+)\+\+(?!\+)(\S.{0,2000}?)\+\+(?!\+)|(?<![\w+])\+(?=[^\s+])([^+\n]{0,2000}?\S|\S)\+(?![\w+])",
    re.DOTALL,
)
_CURVED = re.compile(r"([\"'])`(?=\S)([^`\n]{0,300}?\S)`\1")
_MACROS = re.compile(
    r"(?<![\w\\])(?:(link|xref|image|icon|kbd|btn|menu|footnoteref|footnote|anchor|indexterm2?|stem|latexmath|asciimath"
    rf"|mailto|linkgit|javadoc|gh|issue|ref|chat|command|glossterm):((?:\+\+[^\s+]+\+\+|[^\s:\[\],][^\s\[\]]*)?){_BRACKETS})"
)
_ADDRESS = re.compile(rf"(\\?)<?((?:https?|ftp|irc)://[^\s\[\]<>\ue000]*[^\s\[\]<>,.;:!?)\ue000])(?:{_BRACKETS})?>?")
_CROSS = re.compile(r"<<([^<>,\n]{1,300})(?:,\s*([^<>]{0,500}))?>>")
_FORMAT = (
    (re.compile(r"(?<!\\)(?:\[[^\[\]\n]{0,80}\])?\*\*(\S(?:.{0,2000}?\S)?)\*\*", re.DOTALL), "**"),
    (re.compile(r"(?<![\w\\*])(?:\[[^\[\]\n]{0,80}\])?\*(\S|\S[^*]{0,2000}?\S)\*(?![\w*])"), "**"),
    (re.compile(r"(?<!\\)(?:\[[^\[\]\n]{0,80}\])?__(\S(?:.{0,2000}?\S)?)__", re.DOTALL), "*"),
    (re.compile(r"(?<![\w\\_])(?:\[[^\[\]\n]{0,80}\])?_(\S|\S[^_]{0,2000}?\S)_(?![\w_])"), "*"),
    (re.compile(r"(?<![\w\\#&])(?:\[[^\[\]\n]{0,80}\])?#(?=[^\s#])([^#\n]{0,300}?)(?<=\S)#(?![\w#])"), ""),
    (re.compile(r"(?<!\\)(?:\[[^\[\]\n]{0,80}\])?##(\S(?:.{0,2000}?\S)?)##"), ""),
)
_INDEX = re.compile(r"\(\(\((?:[^()]{1,300})\)\)\)|\(\(([^()]{1,300})\)\)")
_ANCHOR = re.compile(r"\[\[\[?[^\[\]\n]{1,300}\]\]\]?")
_ESCAPE = re.compile(r"\\(?=[*_#{\[<`~^'\"+]|\w+:|->|--|\.\.\.|\(\()")


def convert_inline(text: str, titles: Mapping[str, str]) -> str:
    """The text of a block as Markdown. `titles` are those of the document's sections and blocks, by their ids."""
    kept: list[str] = []

    def keep(markdown: str) -> str:
        kept.append(markdown)
        return _KEPT.format(len(kept) - 1)

    text = text.replace("\ue000", "").replace("\ue001", "")
    text = _CURVED.sub(lambda found: ("“{}”" if found[1] == '"' else "‘{}’").format(found[2]), text)
    text = _PASS.sub(lambda found: keep(_write_passed(found)), text)
    text = _INDEX.sub(lambda found: found[1] or "", text)
    text = _ANCHOR.sub("", text)
    text = _MACROS.sub(lambda found: _write_macro(found, titles, keep), text)
    text = _ADDRESS.sub(lambda found: keep(_write_address(found)), text)
    text = _CROSS.sub(lambda found: _write_reference(found[1], found[2] or "", titles, keep), text)
    for pattern, mark in _FORMAT:
        text = pattern.sub(rf"{mark}\1{mark}", text)
    text = re.sub(r"(?<![\w\\^])\^([^\s^]{1,60})\^|(?<=\w)\^([^\s^]{1,60})\^", r"\1\2", text)
    text = re.sub(r"(?<!~)~([^\s~]{1,60})~(?!~)", r"\1", text)
    text = re.sub(r" \+$", "  ", text, flags=re.MULTILINE)
    text = re.sub(r"<(?=[A-Za-z/!])", r"\\<", _ESCAPE.sub("", text))
    for _ in range(4):
        text = _KEPT_MARK.sub(lambda found: kept[int(found[1])] if int(found[1]) < len(kept) else "", text)
    return text


def write_code(text: str) -> str:
    """Inline code."""
    text = text.replace("\n", " ")
    if "`" not in text:
        return f"`{text}`" if text.strip() else text
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"``{space}{text}{space}``"


def _write_passed(found: re.Match[str]) -> str:
    macro, triple, dollars, escaped, double, single, pluses, plus = found.groups()
    code = double if double is not None else single
    if code is not None:
        if escaped:
            return found[0][1:]
        inner = re.fullmatch(r"\+(.*)\+", code, re.DOTALL) or re.fullmatch(r"pass:[a-z,]*\[(.*)\]", code, re.DOTALL)
        return write_code(inner[1] if inner else _plain(code))
    return next(part for part in (macro, triple, dollars, pluses, plus, "") if part is not None)


def _plain(code: str) -> str:
    """Inline code without the marks within it."""
    code = re.sub(r"\{(?:empty|zwsp|wj)\}|\[\.\w[\w-]*\](?=[#_*])", "", code)
    code = re.sub(rf"(?:link:|(?=https?://))\S+?{_BRACKETS}", lambda found: found[1] or found[0], code)
    code = re.sub(r"<<[^<>,]+,([^<>]+)>>", r"\1", code)
    code = re.sub(rf"xref:[^\s\[\]]*{_BRACKETS}", r"\1", code)
    code = re.sub(r"(?<![\w_*/\\.])_([A-Za-z][^_\s]{0,80})_(?![\w_])", r"\1", code)
    code = re.sub(r"(?<![\w*/\\.])\*([A-Za-z][^*\s]{0,80})\*(?![\w*])", r"\1", code)
    return re.sub(r"\\(?=[*_#{\[<`'+]|\.\.\.|--|->|\w+:)", "", code)


def _label(text: str) -> str:
    """The text of a link, without its attributes (`text,window=_blank`, `text^`)."""
    text = text.replace("\\]", "]")
    if text.startswith('"') and (quoted := re.match(r'"((?:\\.|[^"\\])*)"', text)):
        return quoted[1].strip()
    text = re.sub(r",\s*(?:\w+=.*)$", "", text, flags=re.DOTALL)
    return "" if re.match(r"\w+=\S", text) and " " not in text else text.strip().removesuffix("^").strip()


def _link(label: str, address: str, keep: Callable[[str], str]) -> str:
    return f"{keep('[')}{label}{keep(f']({address})')}"


def _write_macro(found: re.Match[str], titles: Mapping[str, str], keep: Callable[[str], str]) -> str:
    name, target, content = found[1], (found[2] or "").strip("+"), found[3]
    if name in ("link", "mailto"):
        address = f"mailto:{target}" if name == "mailto" else target
        return _link(_label(content), address, keep) if _label(content) else keep(target)
    if name == "xref":
        return _write_reference(target, _label(content), titles, keep)
    if name == "linkgit":
        return f"{target}({content})"
    if name in ("footnote", "footnoteref"):
        return f" ({content.partition(',')[2] if name == 'footnoteref' else content})" if content else ""
    if name == "image":
        alt = content.partition(",")[0].strip('"')
        return keep(f"![{alt}]({target})") if alt else ""
    if name == "menu":
        return " > ".join(filter(None, [target.replace("_", " "), *re.split(r"\s*(?:>|&gt;)\s*", content)]))
    if name in ("indexterm", "icon", "anchor"):
        return ""
    if name in ("kbd", "btn", "indexterm2"):
        return content
    if name in ("stem", "latexmath", "asciimath"):
        return keep(f"${content}$")
    return _label(content) or target


def _write_address(found: re.Match[str]) -> str:
    escaped, address, content = found.groups()
    if escaped:
        return found[0][1:]
    label = _label(content) if content else ""
    label = re.sub(r"(?<![\w*])\*(\S[^*]*?)\*(?![\w*])", r"**\1**", label)
    return f"[{label}]({address})" if label else address


def _write_reference(target: str, label: str, titles: Mapping[str, str], keep: Callable[[str], str]) -> str:
    """A cross reference: its own words, else the title of what it refers to."""
    target = target.strip()
    page, _, anchor = target.partition("#")
    is_page = "#" in target or re.search(r"\.(?:adoc|asciidoc|asc|html)$", page) is not None
    if not is_page or (not page and anchor):
        return label.strip() or titles.get(anchor or target, "") or (anchor or target).strip("_").replace("_", " ")
    words = re.sub(r"\.\w+$", "", page.rpartition("/")[2].rpartition(":")[2]) or page
    return _link(label.strip() or (anchor or words).strip("_").replace("_", " "), target, keep)
