"""Links: definitions resolved into the links that use them, wiki links, and data in place of an address."""

import re

from vrom.builder.sources.formats.markdown.masked import MaskedText

_DEFINITION = re.compile(
    r"""^ {0,3}\[(?P<label>(?!\^)(?:[^\[\]\\\n]|\\.){1,500})\]:[ \t]*\n?[ \t]*(?P<target><[^<>\n]*>|[^\s<]\S*)"""
    r"""(?:[ \t]+(?P<title>"[^"\n]*"|'[^'\n]*'|\([^()\n]*\))|[ \t]*\n[ \t]+(?P<next>"[^"\n]*"|'[^'\n]*'))?[ \t]*$\n?""",
    re.MULTILINE,
)
_TEXT = r"(?:[^\[\]\\]|\\.){0,500}"
_USE = re.compile(
    rf"(?P<text>\[(?:[^\[\]\\]|\\.|\[{_TEXT}\](?:\([^()\s]{{0,500}}\))?){{0,500}}\])(?:\[(?P<label>{_TEXT})\])?(?![\[(:])"
)
_WIKI = re.compile(r"(?P<embeds>!?)\[\[(?P<inside>[^\[\]\n|]{1,200}(?:\\?\|[^\[\]\n|]{1,200})*)\]\](?!\()")
_TOC = re.compile(
    r"^[ \t]*(?:\[\[_?toc_?\]\]|\[toc\]|\{:toc\}|\$\{toc\}|<toc ?/?>)[ \t]*$\n?", re.MULTILINE | re.IGNORECASE
)
_KRAMDOWN_TOC = re.compile(r"^[ \t]*(?:[*+-]|\d+\.)[ \t][^\n]*\n[ \t]*\{:toc[^{}\n]*\}[ \t]*$\n?", re.MULTILINE)
_DATA = re.compile(
    r"""(?P<before>\]\(\s*<?|\b(?:src|href|srcset|poster|data)\s*=\s*\{?["']?|^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*<?|<)"""
    r"""data:(?P<kind>[\w.+/-]*)[^\s)"'<>`]{40,}""",
    re.MULTILINE | re.IGNORECASE,
)
_NOT_PAGES = ("autodoc", "open-in-colab", "toc", "_toc_")


def replace_data(text: str) -> str:
    """The text with the kind alone in place of data in an address: `![x](data:image/png)`."""
    return _DATA.sub(lambda match: f"{match['before']}data:{match['kind']}", text) if "data:" in text.lower() else text


def resolve_definitions(masked: MaskedText) -> None:
    """Put the addresses of `[name]: https://…` into the links that use them, and remove the definitions.

    Footnotes stay as they are.
    """
    text = masked.text
    targets: dict[str, str] = {}
    for found in _DEFINITION.finditer(text):
        title = found["title"] or found["next"] or ""
        quoted = f'"{title[1:-1]}"' if title.startswith("(") and '"' not in title else title
        target = found["target"]
        comment = found["label"] == "//" or (target == "#" and title.startswith("("))
        targets.setdefault(_normalize(found["label"]), "" if comment else f"({target}{' ' + quoted if quoted else ''})")
    if not targets:
        return
    text = _DEFINITION.sub("", text)
    masked.text = _resolve(text, targets)


def _resolve(text: str, targets: dict[str, str]) -> str:
    def write(match: "re.Match[str]") -> str:
        shown = match["text"]
        label = match["label"] or shown[1:-1]
        target = targets.get(_normalize(label))
        inner = shown[1:-1]
        if "[" in inner:
            inner = _resolve(inner, targets)
            shown = f"[{inner}]"
        if target:
            return shown + target
        return shown + ("" if match["label"] is None else f"[{match['label']}]")

    return _USE.sub(write, text)


def _normalize(label: str) -> str:
    return " ".join(label.split()).casefold()


def replace_wiki_links(text: str) -> str:
    """The text with `[[Page|text]]` as links and without marks for a table of contents."""
    text = _TOC.sub("", _KRAMDOWN_TOC.sub("", text))
    return _WIKI.sub(_write_wiki_link, text) if "[[" in text else text


def _write_wiki_link(match: "re.Match[str]") -> str:
    before, after = match.string[max(0, match.start() - 1) : match.start()], match.string[match.end() : match.end() + 1]
    start = match.string.rfind("\n", 0, match.start()) + 1
    in_heading = match.string.startswith("#", start)
    parts = [part.strip().rstrip("\\") for part in match["inside"].split("|")]
    is_page = (
        re.match(r"[\w/#.:&'() -]+$", parts[0])
        and re.search(r"[^\W\d_]", parts[0])
        and parts[0].lower() not in _NOT_PAGES
    )
    if before.isalnum() or not is_page or (in_heading and len(parts) == 1) or match["inside"].startswith((" -", "-")):
        return match[0]
    if len(parts) == 1:
        alone = match.string[start : match.start()].strip() == "" and after in ("", "\n")
        if match["embeds"]:
            return parts[0] if not re.search(r"\.(?:png|jpe?g|gif|svg|webp)$", parts[0], re.IGNORECASE) else ""
        is_name = re.match(r"[\w.]+\.[\w.]+$", parts[0]) or (alone and parts[0].islower() and " " not in parts[0])
        return (
            match[0]
            if is_name or match["inside"] != match["inside"].strip()
            else parts[0].rpartition("#")[2] or parts[0]
        )
    page, text = parts[0], parts[-1]
    if match["embeds"]:
        return "" if re.fullmatch(r"\d+(?:x\d+)?", text) else text
    if _looks_like_page(text) and not _looks_like_page(page):
        page, text = text, page
    return f"[{text}]({re.sub(r' ', '-', page)})"


def _looks_like_page(name: str) -> bool:
    return re.search(r"^https?:|[\w]-[\w]|/|#|\.\w{2,4}$", name) is not None and " " not in name
