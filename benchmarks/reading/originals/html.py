"""HTML pages: what a tree's selectors call content."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from benchmarks.reading.originals.original import Original
from benchmarks.reading.trees import Tree

_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "rp",
        "rt",
        "ruby",
        "-text",
    ]
)
_NEVER = (
    "script, style, template, noscript, svg, math annotation, button, input, select, textarea, iframe, object, "
    "head, nav, [hidden=until-found]"
)


def read_html(source: bytes, tree: Tree, _root: object = None) -> Original:
    """The content of an HTML page."""
    page = LexborHTMLParser(source)
    main = next((found for one in tree.main.split(", ") if (found := page.css_first(one))), page.body)
    original = Original()
    if main is None:
        return original
    for node in main.css(_NEVER + (f", {tree.chrome}" if tree.chrome else "")):
        node.decompose()
    for node in main.css(tree.lines) if tree.lines else ():
        node.insert_before("\n")
        node.insert_after("\n")
    labels = {node.mem_id for node in main.css(tree.labels)} if tree.labels else set()
    headings = [node for node in main.css(tree.headings) if node.mem_id not in labels]
    original.headings = [text for node in headings if (text := " ".join(_text(node).split()))]
    for node in main.css(tree.code):
        if node.parent is not None and not _inside_pre(node) and _text(node).strip():
            original.codes.append(_text(node))
    for node in [*headings, *main.css(tree.code)]:
        node.decompose()
    original.prose.append(_text(main))
    return original


def _inside_pre(node: LexborNode) -> bool:
    above = node.parent
    while above is not None:
        if above.tag == "pre":
            return True
        above = above.parent
    return False


def _text(node: LexborNode) -> str:
    parts: list[str] = []
    _collect(node, parts)
    return "".join(parts)


def _collect(node: LexborNode, parts: list[str]) -> None:
    child = node.child
    while child is not None:
        tag = child.tag
        if tag == "-text":
            parts.append(child.text_content or "")
        elif tag == "br":
            parts.append("\n")
        elif tag == "img":
            parts.append(" ")
        elif tag not in {"-comment", "_comment"}:
            inline = tag in _INLINE
            parts.append("" if inline else "\n")
            _collect(child, parts)
            parts.append("" if inline else "\n")
        child = child.next
