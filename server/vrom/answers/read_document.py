"""`read_document`: a document in order, page by page; and a cartridge's table of contents."""

from collections.abc import Iterator

from vrom.answers import markdown
from vrom.answers.cursor import digest, read_cursor, write_cursor
from vrom.answers.document import Document, document_of
from vrom.answers.models import ContentsAnswer, ContentsEntry, DocumentAnswer, Form, tokens
from vrom.answers.passages.size import size
from vrom.answers.render import render
from vrom.errors import InvalidArgumentError
from vrom.library.library import Library
from vrom.search.shelf import Shelf


def read_document(
    library: Library,
    cartridge_id: str,
    source_file: str,
    section: str | None = None,
    *,
    max_tokens: int = 4000,
    cursor: str | None = None,
    form: Form = "markdown",
) -> DocumentAnswer:
    """A page of the document, or of one section of it. Pages follow one another without a line lost or repeated.

    Raises `NotFoundError` for an unknown cartridge, document or section, `InvalidArgumentError` for a foreign cursor,
    `PackageError` if the cartridge can't be read.
    """
    with library.reading(cartridge_id) as cartridge:
        return _read(cartridge, source_file, section, max_tokens, cursor, form)


def _read(
    cartridge: Shelf, source_file: str, section: str | None, max_tokens: int, cursor: str | None, form: Form
) -> DocumentAnswer:
    name, _, anchor = source_file.partition("#")
    if anchor and source_file not in cartridge.documents:
        source_file, section = name, section or anchor
    document = document_of(cartridge, source_file)
    call = digest("document", cartridge.id, document.source_file, section)
    state = digest(cartridge.digest)
    start, end, heading = 0, len(document.text), None
    if section:
        found = document.section(section)
        start, end, heading = found.start, found.end, found.heading
    position = max(start, read_cursor(cursor, call, state))
    if position >= end:
        return _page(cartridge, document, heading, "", None, ["There is no more: this was the end."])

    longest = write_cursor(end, call, state)
    room = max_tokens * 4 - size(render(_page(cartridge, document, heading, "", longest, []), form))
    if room < 0:
        raise InvalidArgumentError(
            f"max_tokens: the title and file name of this document alone take {-room // 4 + 1} more."
        )
    while True:
        excerpt = document.layout.excerpt(position, end, max(1, room), repeat_header=False)
        following = write_cursor(excerpt.end, call, state) if document.text[excerpt.end : end].strip() else None
        answer = _page(cartridge, document, heading, excerpt.text, following, [])
        excess = size(render(answer, form)) - max_tokens * 4
        if excess <= 0 or room <= 1:
            return answer
        room = max(1, room - excess)  # escapes take more room than the text itself


def table_of_contents(
    library: Library,
    cartridge_id: str,
    *,
    max_tokens: int = 4000,
    cursor: str | None = None,
    form: Form = "markdown",
) -> ContentsAnswer:
    """Table of contents of a cartridge: its documents with their main headings, as many as fit.

    Raises `NotFoundError` for an unknown cartridge, `InvalidArgumentError` for a foreign cursor, `PackageError` if the
    cartridge can't be read.
    """
    with library.reading(cartridge_id) as cartridge:
        return _list_documents(cartridge, max_tokens, cursor, form)


def _list_documents(cartridge: Shelf, max_tokens: int, cursor: str | None, form: Form) -> ContentsAnswer:
    call, state = digest("contents", cartridge.id), digest(cartridge.digest)
    files = list(cartridge.documents)
    start = read_cursor(cursor, call, state)
    answer = ContentsAnswer(cartridge=cartridge.id, version=cartridge.version, documents=[])
    for position, entry in enumerate(_entries(cartridge, files[start:]), start + 1):
        following = write_cursor(position, call, state) if position < len(files) else None
        for shorter in (entry, entry.model_copy(update={"headings": []})):
            listed = [*answer.documents, shorter]
            longer = answer.model_copy(update={"documents": listed, "next_cursor": following})
            longer.total_tokens = tokens("\n".join(map(markdown.contents_entry, listed)))
            if size(render(longer, form)) <= max_tokens * 4:
                break
        else:
            break
        answer = longer
    return answer


def _entries(cartridge: Shelf, files: list[str]) -> Iterator[ContentsEntry]:
    for source_file in files:
        document = document_of(cartridge, source_file)
        sections = document.sections()
        top = min((section.level for section in sections if section.heading != document.title), default=1)
        yield ContentsEntry(
            source_file=source_file,
            doc_title=document.title,
            tokens=tokens(document.text),
            headings=[s.heading for s in sections if s.level == top and s.heading != document.title],
        )


def _page(
    cartridge: Shelf, document: Document, section: str | None, text: str, cursor: str | None, notes: list[str]
) -> DocumentAnswer:
    return DocumentAnswer(
        cartridge=cartridge.id,
        version=cartridge.version,
        source_file=document.source_file,
        doc_title=document.title,
        section=section,
        url=document.url,
        text=text,
        total_tokens=tokens(text),
        next_cursor=cursor,
        notes=notes,
    )
