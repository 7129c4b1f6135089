"""Answers of the tools, as structured content. Token figures are estimates, by `passages.size`."""

from typing import Literal, get_args

from pydantic import BaseModel

from vrom.answers.passages.size import OF_A_TOKEN, size

MIN_TOKENS, MAX_TOKENS = 200, 20_000
MAX_TOP_K = 50
MAX_WINDOW = 5
MAX_NEIGHBOURS = 20


class Origin(BaseModel):
    """Source of a text: cartridge, version, chunk, document, section, address."""

    cartridge: str
    version: str
    locked: str | None = None
    """The version that the project locks; None if it isn't a dependency of the project."""
    chunk_id: int
    doc_title: str
    section_heading: str
    heading_path: list[str]
    source_file: str
    url: str


class Passage(Origin):
    """Some continuous text of one document."""

    score: float | None = None
    text: str
    prev_chunk_id: int | None
    next_chunk_id: int | None
    token_estimate: int
    listed: bool = False
    """True if the passage is only named: `text` is its heading, and `get_chunk_context` shows it."""
    continues: int | None = None
    """The chunk at which the passage or its section goes on; None if it ends here."""
    continues_tokens: int = 0
    """Size of what is left of it."""
    same_in: list[str] = []
    """Cartridges that have the same text, as `ID@VERSION`; it is sent once."""
    partly_in: list[str] = []
    """Cartridges that have the same chunk, while the passage goes on where theirs differs."""
    query: str | None = None
    """The one of several queries that it was found for."""


class SearchAnswer(BaseModel):
    """Ranked passages within the budget. `next_cursor` reads on where this answer ends."""

    results: list[Passage]
    total_tokens: int = 0
    next_cursor: str | None = None
    notes: list[str] = []


class ContextAnswer(Origin):
    """A chunk with its neighbours along the linked list, as one text."""

    chunk_ids: list[int]
    text: str
    prev_chunk_id: int | None
    next_chunk_id: int | None
    more_before: bool
    more_after: bool
    total_tokens: int
    notes: list[str] = []


class DocumentAnswer(BaseModel):
    """A page of a document, or of one section of it."""

    cartridge: str
    version: str
    source_file: str
    doc_title: str
    section: str | None
    url: str
    text: str
    total_tokens: int
    next_cursor: str | None = None
    notes: list[str] = []


class ContentsEntry(BaseModel):
    """One document in a cartridge's table of contents."""

    source_file: str
    doc_title: str
    tokens: int
    headings: list[str]


class ContentsAnswer(BaseModel):
    """A cartridge's table of contents, or a page of it."""

    cartridge: str
    version: str
    documents: list[ContentsEntry]
    total_tokens: int = 0
    next_cursor: str | None = None
    notes: list[str] = []


class CartridgeEntry(BaseModel):
    """One mounted cartridge."""

    id: str
    version: str
    description: str
    source: str
    chunks: int
    tokens: int
    model: str
    created_at: str
    age_days: int | None
    state: str
    problem: str = ""
    locked: str | None = None
    """The version that the project locks; None if it locks none."""
    other_versions: list[str] = []
    """Versions mounted beside this one, which `ID@VERSION` names."""


class PageChange(BaseModel):
    """A page that two versions don't share as it is."""

    source_file: str
    change: Literal["added", "removed", "changed"]
    lines_added: int
    lines_removed: int


class CompareAnswer(BaseModel):
    """Changes from one version to another: the pages, or the lines of one page."""

    old: str
    new: str
    source_file: str | None = None
    pages: list[PageChange] = []
    diff: str = ""
    """Changes of the page, as a unified diff whose parts name the section instead of the line."""
    notes: list[str] = []


class ListAnswer(BaseModel):
    """The mounted cartridges."""

    cartridges: list[CartridgeEntry]
    notes: list[str] = []


Answer = SearchAnswer | ContextAnswer | DocumentAnswer | ContentsAnswer | CompareAnswer | ListAnswer


Form = Literal["markdown", "json"]
"""The forms in which an answer can be rendered, by name."""
FORMS: tuple[Form, ...] = get_args(Form)


def tokens(text: str) -> int:
    """Tokens of a text as answers count them; 0 for none."""
    return max(1, size(text) // OF_A_TOKEN) if text else 0
