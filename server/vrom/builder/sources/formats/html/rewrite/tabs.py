"""Tabs: every panel after its label, hidden or not."""

from collections.abc import Iterator, Sequence

from vrom.builder.sources.formats.html.rewrite.siblings import Siblings
from vrom.builder.sources.formats.html.tree import Element, Node, squeeze

_LISTS = {
    "tablist",
    "tabbed-labels",
    "nav-tabs",
    "nav-pills",
    "tabs__nav",
    "tab-list",
    "tabs-list",
    "ui-tabs-nav",
    "tabs-nav",
}
_LABELS = {"tab", "tab-label", "tabs__item", "sphinx-tabs-tab", "tab-title", "tabs-tab", "tab-button", "tab-link"}
_PANELS = {
    "tab-pane",
    "tabpanel",
    "tab-panel",
    "sphinx-tabs-panel",
    "tabbed-block",
    "tabs-panel",
    "tab-content-panel",
    "tabcontent",
}
_CONTROLS = ("aria-controls", "data-target", "data-bs-target", "data-tab", "data-tab-target", "href")
_LONGEST_LABEL = 200
_MOST_TABS = 500


def write_tab_labels(content: Element) -> None:
    """Put the label of each tab in bold before its panel, and remove the rows of tabs."""
    by_id = {element.attribute("id"): element for element in content.walk() if "id" in element.attributes}
    labels: dict[int, str] = {}
    siblings = Siblings()
    dropped: set[int] = set()
    for row in _find_rows(content):
        tabs = _find_tabs(row)
        panels = _find_panels(row, tabs, by_id, siblings)
        pairs = [(tab, panel) for tab, panel in zip(tabs, panels, strict=False) if panel is not None]
        for tab, panel in pairs:
            labels.setdefault(id(panel), _label(tab))
        if pairs:
            dropped.add(id(row))
    for switch in _find_switches(content, by_id):
        after = _panel_after(switch, siblings)
        if after is not None and id(switch) not in dropped:
            labels.setdefault(id(after), _label(switch))
            dropped.add(id(switch))
    for element in list(content.walk()):  # custom elements: <tab-item label="npm">
        if element.tag in ("tab-item", "tabitem", "tab-pane") and (label := _own_label(element)):
            labels.setdefault(id(element), label)
    if labels:
        _insert(content, labels, dropped)


def _own_label(element: Element) -> str:
    return element.attribute("label") or element.attribute("title") or element.attribute("name")


def _find_rows(content: Element) -> list[Element]:
    """The elements that hold the labels of a set of tabs, the inner ones alone where they are nested."""
    rows = [element for element in content.walk() if _is_row(element)]
    around = {id(ancestor) for row in rows for ancestor in row.ancestors()}
    return [row for row in rows if id(row) not in around]


def _is_row(element: Element) -> bool:
    if element.attribute("role") == "tablist" or not element.classes.isdisjoint(_LISTS):
        return True
    if element.has_class("tabs", "tab-labels", "tab-bar", "tab-buttons", "tab", "tabs-header", "code-tabs", "tab-nav"):
        inner = element.elements()
        if len(inner) == 1 and inner[0].tag in ("ul", "ol"):
            inner = inner[0].elements()
        labels = [child for child in inner if child.tag in ("label", "button", "li", "a", "span", "input")]
        return bool(labels) and len(labels) == len(inner) and len(squeeze(element.text())) < _LONGEST_LABEL * 2
    return False


def _find_tabs(row: Element) -> list[Element]:
    """The labels in a row, of at most `_MOST_TABS`."""
    inner = list(row.walk())
    kinds = (
        [element for element in inner if element.attribute("role") == "tab"],
        [element for element in inner if not element.classes.isdisjoint(_LABELS)],
        [element for element in inner if element.tag == "label"],
        [element for element in inner if element.tag == "button"],
        [element for element in inner if element.tag == "a"],
        [element for element in inner if element.tag == "li"],
        [element for element in inner if element.tag == "span"],
    )
    return next((kind for kind in kinds if kind), [])[:_MOST_TABS]


def _find_panels(
    row: Element, tabs: Sequence[Element], by_id: dict[str, Element], siblings: Siblings
) -> Sequence[Element | None]:
    """The panel of each tab: by its id, else by its order."""
    named = [_named_panel(tab, by_id) for tab in tabs]
    if any(named) and all(panel is None or panel is not row for panel in named):
        return named
    if any(labelled := _labelled_panels(row, tabs)):
        return labelled
    for after in _following(row, siblings):
        panels = _marked_panels(after)
        if len(panels) == len(tabs):
            return panels
        if panels and len(panels) < len(tabs):  # only the selected one is part of the page
            selected = [tab for tab in tabs if tab.attribute("aria-selected") == "true" or tab.has_class("active")]
            return [panels[0] if tab is selected[0] else None for tab in tabs] if selected else []
        if len(tabs) > 1 and len(after) == 1 and len(after[0].elements()) == len(tabs):
            return after[0].elements()
        if len(tabs) > 1 and len(after) >= len(tabs) and _are_alike(after[: len(tabs)]):
            return after[: len(tabs)]
    return []


def _are_alike(elements: Sequence[Element]) -> bool:
    """True if elements look like the panels of one set: boxes of the same class."""
    shared = frozenset.intersection(*(element.classes for element in elements))
    return bool(shared) and {element.tag for element in elements} <= {"div", "section"}


def _named_panel(tab: Element, by_id: dict[str, Element]) -> Element | None:
    for part in [tab, *tab.elements()]:
        for name in _CONTROLS:
            value = part.attribute(name)
            if value and (name != "href" or value.startswith("#")):
                panel = by_id.get(value.removeprefix("#"))
                if panel is not None and panel.tag not in ("input", "a", "h1", "h2", "h3", "h4", "h5", "h6"):
                    return panel
    return None


def _labelled_panels(row: Element, tabs: Sequence[Element]) -> Sequence[Element | None]:
    ids = {tab.attribute("id") for tab in tabs} - {""}
    around = next((ancestor for ancestor in row.ancestors() if _labelled(ancestor, ids)), None) if ids else None
    found = _labelled(around, ids) if around is not None else {}
    return [found.get(tab.attribute("id")) for tab in tabs]


def _labelled(element: Element, ids: set[str]) -> dict[str, Element]:
    return {label: panel for panel in element.walk() if (label := panel.attribute("aria-labelledby")) in ids}


def _following(row: Element, siblings: Siblings) -> Iterator[list[Element]]:
    """The elements after a row, then those after the element around it, up to three levels."""
    inner: Element | None = row
    for _ in range(4):
        if inner is None:
            return
        if after := siblings.after(inner):
            yield after
        inner = inner.parent


def _marked_panels(elements: Sequence[Element]) -> list[Element]:
    """The tab panels among elements and in them, without those within another panel."""
    found: list[Element] = []
    waiting = list(elements)[::-1]
    while waiting:
        element = waiting.pop()
        if element.attribute("role") == "tablist" and found:
            break
        if element.attribute("role") == "tabpanel" or not element.classes.isdisjoint(_PANELS):
            found.append(element)
        else:
            waiting.extend(reversed(element.elements()))
    return found


def _find_switches(content: Element, by_id: dict[str, Element]) -> list[Element]:
    """The labels of radio buttons: each switches the panel after it on."""
    found = []
    for element in content.walk():
        if element.tag == "label":
            control = by_id.get(element.attribute("for"))
            if control is not None and control.tag == "input" and control.attribute("type") == "radio":
                found.append(element)
        elif element.tag == "label" or element.has_class("tab-label", "sd-tab-label"):
            found.append(element)
    return found


def _panel_after(label: Element, siblings: Siblings) -> Element | None:
    """The element after a label, if it is a block and no other label."""
    after = next(iter(siblings.after(label)), None)
    return after if after is not None and after.tag in ("div", "section", "pre", "ul", "table", "p", "figure") else None


def _label(tab: Element) -> str:
    return squeeze(tab.text())[:_LONGEST_LABEL] or tab.attribute("data-title") or tab.attribute("aria-label")


def _insert(content: Element, labels: dict[int, str], dropped: set[int]) -> None:
    waiting = [content]
    while waiting:
        parent = waiting.pop()
        children: list[Node] = []
        for child in parent.children:
            if isinstance(child, str):
                children.append(child)
                continue
            if id(child) in dropped:
                continue
            if label := labels.get(id(child)):
                child.attributes.pop("hidden", None)
                children.append(Element("p", None, [Element("strong", None, [label])]))
            children.append(child)
            waiting.append(child)
        parent.replace_children(children)
