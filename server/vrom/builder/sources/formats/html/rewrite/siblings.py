"""Elements and what follows them, for tabs and their panels."""

from vrom.builder.sources.formats.html.tree import Element

_MOST = 40
"""Elements after another that are looked at, so that pages of 100,000 siblings are read in time."""


class Siblings:
    """The elements after others, found once for each parent."""

    def __init__(self) -> None:
        self._places: dict[int, dict[int, int]] = {}

    def after(self, element: Element) -> list[Element]:
        """At most `_MOST` elements after this one in its parent."""
        parent = element.parent
        if parent is None:
            return []
        places = self._places.setdefault(id(parent), {})
        if not places:
            places.update({id(child): number for number, child in enumerate(parent.children)})
        at = places[id(element)] + 1
        found = [child for child in parent.children[at : at + 2 * _MOST] if isinstance(child, Element)]
        return [child for child in found if child.tag not in ("script", "style", "input")][:_MOST]
