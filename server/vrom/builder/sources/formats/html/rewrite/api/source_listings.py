"""Listings of the source code of members, which generators fold in behind `View source`."""

from vrom.builder.document import Remark
from vrom.builder.sources.formats.html.tree import Element, drop_elements, squeeze

_NAMES = ("mkdocstrings-source", "source_code", "method-source-code")
"""Classes of listings, of mkdocstrings, YARD and RDoc."""
_LONGEST_EXAMPLE = 80


def drop_source_listings(content: Element) -> tuple[Remark, ...]:
    """Remove the listings of members' source code: their documentation and signatures are beside them."""
    found: list[Element] = []

    def is_dropped(element: Element) -> bool:
        if is_listing := _is_listing(element):
            found.append(element)
        return is_listing

    drop_elements(content, is_dropped)
    return tuple(Remark("source code of a member left out", _example(listing)) for listing in found)


def _is_listing(element: Element) -> bool:
    if element.has_class(*_NAMES):
        return element.tag in ("details", "div", "table")
    if element.tag == "details":
        summary = element.find_tag("summary")
        label = squeeze(summary.text()).lower() if summary is not None else ""
        return (element.has_class("source") and label == "expand source code") or (  # of pdoc 3
            element.has_class("quote") and label.startswith("source code in ")  # of mkdocstrings before 2024
        )
    beside = element.parent if element.has_class("pdoc-code") and element.tag == "div" else None
    return beside is not None and beside.find_class("view-source-button", "view-source-toggle-state") is not None


def _example(listing: Element) -> str:
    lines = (squeeze(line) for line in listing.text().split("\n"))
    return next((line[:_LONGEST_EXAMPLE] for line in lines if any(map(str.isalpha, line))), "")
