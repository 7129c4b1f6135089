"""Links to the documents that passages come from, beside the answer: for people, who can open or attach the whole page.

Hosts make different things of them. VS Code shows a link to the person and, since it is marked as meant for people, not
to the model. Claude Code and Gemini CLI show it to the model as a line of text, others as JSON; it says nothing beyond
the passage's own line. So there is one for each document, not for each passage, without a description, and together
they take little room: it counts as part of the answer, and no passage makes way for it.
"""

from collections.abc import Iterable
from functools import lru_cache

from mcp.types import Annotations, ResourceLink
from mcp.types.version import is_version_at_least

from vrom.answers.models import Passage
from vrom.answers.passages.size import size
from vrom.app.resources.listing import document_uri

SINCE = "2025-06-18"
"""The protocol version that brought resource links; clients of earlier ones may refuse an answer that has some."""

SHARE = 20
"""Links take at most a twentieth of what the answer may have."""

TITLE = 80
"""Characters of a document's title that are shown."""

_FOR_PEOPLE = Annotations(audience=["user"])


def links(passages: Iterable[Passage], protocol_version: str | None, limit: int, taken: int) -> list[ResourceLink]:
    """A link for each document, in the passages' order, as far as there is room for them in their longest form, JSON.

    `limit`, `taken`: size that the whole answer may have, and that it has without links.
    """
    if protocol_version is None or not is_version_at_least(protocol_version, SINCE):
        return []
    pages: dict[tuple[str, str], str] = {}
    for passage in passages:
        pages.setdefault((passage.cartridge, passage.source_file), passage.doc_title or passage.source_file)
    room = min(limit // SHARE, limit - taken)
    made: list[ResourceLink] = []
    for (cartridge, source_file), title in pages.items():
        link, length = _link(cartridge, source_file, title)
        room -= length
        if room < 0:
            break
        made.append(link)
    return made


@lru_cache(maxsize=256)
def _link(cartridge: str, source_file: str, title: str) -> tuple[ResourceLink, int]:
    """A link to a document, and its size in JSON."""
    uri = document_uri(cartridge, source_file)
    link = ResourceLink(uri=uri, name=" ".join(title.split())[:TITLE], annotations=_FOR_PEOPLE)
    return link, size(link.model_dump_json(by_alias=True, exclude_none=True))
