"""Headings, terms and tables that only classes or roles show to be such."""

from vrom.builder.sources.formats.html.tree import HEADINGS, Element, Node, squeeze

_TITLE_CLASSES = ("rubric", "bridgehead", "formalpara-title")
_LONGEST_TITLE = 150
_LOWEST = 6
_CLOSED = ("blockquote", "table", "figure", "li", "dd", "pre", *HEADINGS)


def write_structure(content: Element) -> None:
    """Give headings, lists and tables made of other elements the tags that say so."""
    level = 0
    for element in list(content.walk()):
        if element.tag == "h2" and element.parent is not None and element.parent.has_class("container-overview"):
            element.tag = "h3"  # of JSDoc: the constructor is beside the members, which are below an h3
        if element.tag in HEADINGS:
            level = int(element.tag[1])
        elif element.attribute("role") == "heading" and _is_line(element):
            stated = element.attribute("aria-level")
            element.tag = f"h{stated}" if stated in "123456" and stated else "h2"
            level = int(element.tag[1])
        elif element.has_class("sd-card-title") and _is_line(element) and element.find_tag("strong", "b") is None:
            element.replace_children([Element("strong", None, element.children)])
        elif _is_title(element):
            _write_title(element, level)
        elif element.has_class("summary-table") and element.tag == "div":
            _write_table_of_boxes(element)
        elif element.has_class("field-list") and element.tag == "table":
            _write_fields(element)
        elif element.has_class("memberdecls") and element.tag == "table":
            _write_declarations(element)
        elif element.attribute("role") in ("table", "grid") and element.tag == "div":
            _write_roles(element)


def _is_line(element: Element) -> bool:
    return 0 < len(squeeze(element.text())) <= _LONGEST_TITLE and not element.elements_with_blocks()


def _is_title(element: Element) -> bool:
    if element.tag == "p":
        named = element.has_class("title", *_TITLE_CLASSES)
    else:
        named = element.tag == "div" and (
            element.has_class("rubric") or (element.has_class("title") and _begins_section(element))
        )
    return named and _is_line(element)


def _begins_section(element: Element) -> bool:
    parent = element.parent
    return parent is not None and (
        parent.tag in ("section", "article")
        or any(name.startswith(("sect", "chapter", "example")) for name in parent.classes)
    )


def _write_title(element: Element, level: int) -> None:
    """Make a title a heading below the one before it; within cards, quotes, items and tables a line in bold."""
    closed = any(ancestor.tag in _CLOSED or ancestor.has_class("card") for ancestor in element.ancestors())
    if closed or level >= _LOWEST:
        element.tag = "p"
        if element.find_tag("b", "strong") is None:
            element.replace_children([Element("strong", None, element.children)])
        return
    for inner in list(element.walk()):
        if inner.tag in ("b", "strong"):
            inner.tag = "span"
    element.tag = f"h{max(2, level + 1)}"


def _write_table_of_boxes(element: Element) -> None:
    """A table whose cells are boxes in a grid, as javadoc makes it: the header cells show the number of columns."""
    boxes = element.elements()
    width = sum(1 for box in boxes if box.has_class("table-header"))
    if not width or len(boxes) % width:
        return
    rows: list[Node] = []
    for at in range(0, len(boxes), width):
        cells: list[Node] = [Element("td" if at else "th", None, box.children) for box in boxes[at : at + width]]
        rows.append(Element("tr", None, cells))
    element.tag = "table"
    element.replace_children(rows)


def _write_fields(table: Element) -> None:
    """A table of names and texts, as docutils made it before 2020, as a list of terms."""
    cells = [element for element in table.walk() if element.tag in ("th", "td") and _table_of(element) is table]
    filled = (cell for cell in cells if squeeze(cell.text()) or cell.find_tag("img") is not None)
    entries: list[Node] = [Element("dt" if cell.tag == "th" else "dd", None, cell.children) for cell in filled]
    table.tag = "dl"
    table.replace_children(entries)


def _table_of(cell: Element) -> Element | None:
    return next((around for around in cell.ancestors() if around.tag == "table"), None)


def _write_roles(element: Element) -> None:
    tags = {"rowgroup": "tbody", "row": "tr", "cell": "td", "gridcell": "td", "columnheader": "th", "rowheader": "th"}
    for inner in element.walk():
        inner.tag = tags.get(inner.attribute("role"), inner.tag)
    element.tag = "table"


def _write_declarations(table: Element) -> None:
    """Doxygen's table of members, as a heading and a list of declarations, each with its description."""
    children: list[Node] = []
    items: list[Node] = []
    template = ""
    for row in [inner for inner in table.walk() if inner.tag == "tr"]:
        heading = row.find_tag(*HEADINGS)
        if heading is not None:
            if items:
                children.append(Element("ul", None, items))
                items = []
            children.append(heading)
            continue
        text = squeeze(" ".join(cell.text() for cell in row.elements()))
        if not text:
            continue
        if row.find_class("mdescRight", "mdescLeft") and items:
            last = items[-1]
            assert isinstance(last, Element)
            inner = [part for cell in row.elements() for part in cell.children]
            last.replace_children([*last.children, " ", *inner])
        elif row.find_class("memTemplParams"):
            template = f"{text} "
        else:
            items.append(Element("li", None, [Element("code", None, [template + text])]))
            template = ""
    if items:
        children.append(Element("ul", None, items))
    table.tag = "div"
    table.replace_children(children)
