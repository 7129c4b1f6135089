"""Code blocks that aren't `pre` elements, and what surrounds code in its frame."""

from vrom.builder.sources.formats.html.tree import HEADINGS, Element, squeeze
from vrom.builder.sources.formats.html.write.code import is_info_mark, is_line
from vrom.builder.sources.formats.html.write.languages import is_language

_SIGNATURES = ("member-signature", "tsd-signature", "funcsynopsis", "type-signature")
_JAVADOC_ITEMS = ("blockList", "blockListLast")
_UNNAMED = {"ruby": {"code", "example"}, "javascript": {"prettyprint"}}
"""Classes of a code block in the language of the page, of YARD and JSDoc; another language is a class too."""
_LONGEST_LABEL = 24
_OUTCOMES = {
    "compile_fail": "This example deliberately fails to compile",
    "should_panic": "This example panics",
    "ignore": "This example is not tested",
}
"""What a mark of rustdoc beside an example says, by its class."""
_COPIED = ("copy", "copied!", "copied", "copy code", "copy to clipboard", "wrap", "expand", "collapse", "download")


def write_code_blocks(content: Element, language: str) -> None:
    """Turn every block of code into a `pre` element, and remove the names of languages and buttons beside it.

    `language` is that of signatures, if known.
    """
    for element in list(content.walk()):
        if element.tag in ("xmp", "listing", "plaintext"):
            element.tag = "pre"
        elif is_info_mark(element):
            _write_outcome(element)
        elif element.tag == "tr":
            _drop_line_numbers(element)
        elif element.tag == "pre":
            _drop_labels(element)
            if element.classes and element.classes <= _UNNAMED.get(language, set()):
                element.attributes.setdefault("data-lang", language)
            if language == "java" and element.parent is not None and element.parent.has_class(*_JAVADOC_ITEMS):
                element.attributes.setdefault("data-lang", language)
        elif _is_code(element):
            _unwrap_code_table(element)
            if language and element.has_class(*_SIGNATURES):
                element.attributes["data-lang"] = language
            if element.tag == "td":
                element.replace_children([Element("pre", dict(element.attributes), element.children)])
            else:
                element.tag = "pre"


def _is_code(element: Element) -> bool:
    if element.tag in ("code", "tt"):
        return _is_block_of_code(element)
    if element.tag not in ("div", "td", "li", "table", "span"):
        return False
    if element.has_class("fragment", "syntaxhighlighter", "CodeMirror-code", "view-lines", "mermaid", *_SIGNATURES):
        return element.find_tag("pre", *HEADINGS) is None
    lines = element.elements()
    return len(lines) > 1 and all(map(is_line, lines)) and _is_monospaced(element)


def _write_outcome(mark: Element) -> None:
    """The mark beside an example of rustdoc as the sentence that it shows."""
    stated = (text for name, text in _OUTCOMES.items() if mark.has_class(name))
    mark.tag = "p"
    mark.replace_children([mark.attribute("title") or next(stated, "")])


def _drop_line_numbers(row: Element) -> None:
    """Remove the cells of a row that number the lines of the code in another."""
    cells = row.elements()
    if not 2 <= len(cells) <= 3 or not any(cell.find_tag("pre") for cell in cells):
        return
    numbers = [cell for cell in cells[:-1] if _is_numbers(cell)]
    if numbers:
        row.replace_children([cell for cell in cells if cell not in numbers])


def _is_numbers(cell: Element) -> bool:
    return not cell.text().strip() or all(word.isdigit() for word in cell.text().split())


def _is_monospaced(element: Element) -> bool:
    around = [element, *list(element.ancestors())[:2]]
    return any(name in ("highlight", "code", "source", "hljs") for part in around for name in part.classes)


def _is_block_of_code(code: Element) -> bool:
    """True for a `code` element that is a paragraph's or a box's only content and has several lines."""
    if any(ancestor.tag in ("pre", "a", "table") for ancestor in code.ancestors()):
        return False
    style = code.attribute("style").replace(" ", "")
    has_lines = code.find_tag("br", "div") is not None or (
        "\n" in code.text().strip()
        and ("white-space:pre" in style or "display:block" in style or code.has_class("block", "hljs"))
    )
    alone = code.parent is not None and squeeze(code.parent.text()) == squeeze(code.text())
    return has_lines and alone


def _unwrap_code_table(element: Element) -> None:
    """Keep only the column of a code table that holds code."""
    code = element.find(lambda inner: inner.tag == "td" and inner.has_class("code", "blob-code", "rouge-code"))
    if code is not None and element.has_class("syntaxhighlighter"):
        element.replace_children(list(code.children))


def _drop_labels(pre: Element) -> None:
    """Remove `bash` and `Copy` from the frame of a code block: the language is written into the fence."""
    inner = pre
    for frame in list(pre.ancestors())[:3]:
        if frame.tag not in ("div", "figure", "section", "span", "code-block") or len(frame.children) > 12:
            return
        if any(other is not inner and other.find_tag("pre", "p", "ul", "table") for other in frame.elements()):
            return
        kept = [c for c in frame.children if c is inner or isinstance(c, str) or not _is_label(c)]
        if len(kept) != len(frame.children):
            frame.children = kept
        inner = frame


def _is_label(element: Element) -> bool:
    if element.tag not in ("span", "div", "p", "small", "label", "header"):
        return False
    text = squeeze(element.text()).lower()
    if not 0 < len(text) <= _LONGEST_LABEL:
        return False
    words = [word for word in _COPIED if text == word]
    return bool(words) or (is_language(text) and element.tag != "p")
