"""Code blocks: their lines and their language."""

from textwrap import dedent

from vrom.builder.sources.formats.html.tree import Element, Node, squeeze
from vrom.builder.sources.formats.html.write.languages import find_language, own_language
from vrom.builder.sources.formats.markdown_writer import write_fence

_LINES = {
    "line", "token-line", "code-line", "view-line", "ec-line", "highlight-line", "hljs-line", "CodeMirror-line", "cl",
    "code__line", "source-line", "codeline", "lines",
}  # fmt: skip
_NUMBERS = {
    "linenos", "lineno", "line-number", "line-numbers", "line-numbers-wrapper", "line-numbers-rows", "gutter", "ln",
    "hljs-ln-numbers", "hljs-ln-n", "rouge-gutter", "blob-num", "LineNr", "lnt", "linenumber",
    "react-syntax-highlighter-line-number", "linenodiv", "lineNumber", "lnum",
}  # fmt: skip
_BROKEN_AFTER = {"div", "li", "tr", "p", "dd", "dt", "ol", "ul", "table", "section"}
_LINES_OF_RUSTDOC = {"fmt-newline", "where"}
_DROPPED = {"button", "svg", "style", "script", "select", "input", "textarea", "clipboard-copy"}
_COPY = {
    "copybtn",
    "copy",
    "copy-button",
    "btn-clipboard",
    "md-clipboard",
    "zeroclipboard-container",
    "buttons",
    "test-arrow",
    "notable-traits",
}

_DIFF_ADDED, _DIFF_REMOVED = {"add", "ins", "added", "inserted"}, {"remove", "del", "removed", "deleted"}


def write_code(pre: Element) -> str:
    """A `pre` element as a fence, with the lines that a browser shows."""
    code = read_code(pre)
    if not code.strip():
        return ""
    if pre.has_class("fragment"):
        code = dedent(code)  # of Doxygen, with a space after each line number
    language = find_language(pre)
    if changed := _write_changes(pre, code):
        return write_fence(changed, "diff")
    return write_fence(code.rstrip(), language)


def split_by_language(pre: Element) -> list[Element]:
    """The block itself, or each of its `code` elements where they show the same in several languages."""
    parts = [part for part in pre.elements() if part.tag == "code"]
    languages = {language for part in parts if (language := own_language(part))}
    return parts if len(languages) > 1 and len(languages) == len(parts) else [pre]


def read_code(pre: Element) -> str:
    """The text of a code block with its line breaks, without line numbers and buttons."""
    lines = _Lines()
    lines.read(pre)
    return (
        "".join(lines.parts)
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\N{NO-BREAK SPACE}", " ")
        .replace("\u200b", "")
    )


class _Lines:
    """Collects the text of a code block; an element that is a line of its own ends with one line break."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def read(self, element: Element) -> None:
        children = element.children
        for number, child in enumerate(children):
            if isinstance(child, str):
                self.parts.append(child)
            elif child.tag == "br":
                self.parts.append("\n")
            elif child.tag == "img":
                self.parts.append(child.attribute("alt"))
            elif not _is_dropped(child):
                is_own_line = is_line(child) or child.tag in _BROKEN_AFTER or _is_one_of_codes(children, number)
                if is_own_line and (child.tag in _BROKEN_AFTER or child.has_class(*_LINES_OF_RUSTDOC)):
                    self._break_before(child)
                size = len(self.parts)
                self.read(child)
                if is_own_line and not self._ends_line(size) and not _begins_with_newline(children, number + 1):
                    self.parts.append("\n")

    def _break_before(self, child: Element) -> None:
        """End the line of a text before an element that begins a line, unless only spaces are on it."""
        last = self.parts[-1] if self.parts else "\n"
        if child.tag != "table" and last.strip() and not last.endswith("\n"):
            self.parts.append("\n")

    def _ends_line(self, since: int) -> bool:
        return any(self.parts[since:]) and "".join(self.parts[-1:]).endswith("\n")


def is_line(element: Element) -> bool:
    """True for an element that is one line of code."""
    if not element.classes.isdisjoint(_LINES | _LINES_OF_RUSTDOC):
        return element.tag in ("span", "div", "code", "td", "li", "p")
    return "data-line" in element.attributes or (
        element.tag in ("span", "code") and "display:block" in element.attribute("style").replace(" ", "")
    )


def is_info_mark(element: Element) -> bool:
    """True for rustdoc's link to a box with more about a signature or an example."""
    return element.has_class("tooltip") and squeeze(element.text()) == "ⓘ"


def _is_one_of_codes(children: list[Node], at: int) -> bool:
    """True for a `code` element beside another: each is a line."""
    around = children[max(0, at - 1) : at + 2]
    return len(around) > 1 and all(isinstance(child, Element) and child.tag == "code" for child in around)


def _begins_with_newline(children: list[Node], at: int) -> bool:
    after = children[at] if at < len(children) else None
    if after is None:
        return False
    if isinstance(after, Element):
        return after.tag == "br"
    return after.lstrip(" \t").startswith(("\n", "\r"))


def _is_dropped(element: Element) -> bool:
    if element.tag in _DROPPED or not element.classes.isdisjoint(_COPY) or is_info_mark(element):
        return True
    if element.classes.isdisjoint(_NUMBERS):
        style = element.attribute("style").replace(" ", "")
        unselectable = "user-select:none" in style or element.attribute("unselectable") == "on"
        return unselectable and squeeze(element.text()).replace(" ", "").isdigit()
    return (
        not squeeze(element.text()).strip(" |:.") or squeeze(element.text()).replace(" ", "").strip("|:.\xa0").isdigit()
    )


def _write_changes(pre: Element, code: str) -> str:
    """Code whose lines are marked as added and removed, as a diff; empty if none is."""
    lines = [element for element in pre.walk() if is_line(element)]
    signs = [
        "+" if _is_changed(line, _DIFF_ADDED) else "-" if _is_changed(line, _DIFF_REMOVED) else " " for line in lines
    ]
    texts = code.strip("\n").split("\n")
    if not set(signs) - {" "} or len(texts) != len(signs):
        return ""
    if all(text.startswith(sign) for sign, text in zip(signs, texts, strict=True) if sign != " "):
        return ""  # the marks are part of the text
    return "\n".join(f"{sign} {text}".rstrip() for sign, text in zip(signs, texts, strict=True))


def _is_changed(line: Element, names: set[str]) -> bool:
    marked = line.has_class("diff", "ec-line", "highlighted", "token-line") or line.tag in ("ins", "del")
    return marked and not line.classes.isdisjoint(names)
