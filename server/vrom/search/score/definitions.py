"""Definitions of the name that a query consists of come first, before anything that stems alike."""

from collections.abc import Sequence

from vrom.index.lexical.names import Definition, find_definitions, is_of, name_in, names_in_heading, owners_of
from vrom.search.hits import Hit
from vrom.search.shelf import Shelf

MOST = 3
"""Definitions that come first: of a name that many things have, the others are as good as what is found otherwise."""
_STEP = 1e-4


def put_definitions_first(cartridges: Sequence[Shelf], query: str, hits: list[Hit], limit: int) -> list[Hit]:
    """The hits, with the definitions of the name that is the query before the others."""
    name = name_in(query)
    if not name:
        return hits
    order = {(hit.cartridge.id, hit.chunk_id): place for place, hit in enumerate(hits)}
    found = [(cartridge, one) for cartridge in cartridges for one in _definitions(cartridge, name)]

    def precedence(of: tuple[Shelf, Definition]) -> tuple[bool, bool, int, int]:
        cartridge, one = of
        is_past = cartridge.is_past(one.chunk_id)
        place = order.get((cartridge.id, one.chunk_id), len(hits))
        return is_past, one.name != name, len(one.name.split(".")), place

    first: dict[tuple[str, int], tuple[Shelf, Definition]] = {}
    for cartridge, one in sorted(found, key=precedence):
        first.setdefault((cartridge.id, one.chunk_id), (cartridge, one))
    best = hits[0].score if hits else 0.0
    leading = [
        Hit(cartridge, one.chunk_id, best + _STEP * (MOST - place), _line(cartridge, one))
        for place, (cartridge, one) in enumerate(list(first.values())[:MOST])
    ]
    known = {(hit.cartridge.id, hit.chunk_id) for hit in leading}
    return [*leading, *(hit for hit in hits if (hit.cartridge.id, hit.chunk_id) not in known)][:limit]


def _definitions(cartridge: Shelf, name: str) -> list[Definition]:
    names = cartridge.lexical.names
    found = names.find(name) or [
        one
        for owner, member in owners_of(name)
        for one in names.find(member)
        if one.name == member and _is_within(cartridge, one, owner)
    ]
    return [one for one in found if not cartridge.is_bare(one.chunk_id)] or found


def _is_within(cartridge: Shelf, one: Definition, owner: str) -> bool:
    """True if a definition lies in a section, or a cartridge, of this name."""
    before = cartridge.chunk(one.chunk_id).text[: one.place]
    above = [name for name, _ in find_definitions(before)]
    titles = [name for title in cartridge.title_path(one.chunk_id) for name in names_in_heading(title)]
    packages = [cartridge.id, cartridge.id.rpartition(".")[2]]
    return any(is_of(name, owner) or name == owner for name in [*above, *titles, *packages])


def _line(cartridge: Shelf, one: Definition) -> str:
    return cartridge.chunk(one.chunk_id).text[one.place :].partition("\n")[0]
