"""Answers as Markdown: plain content, ready for a model, with as little around the text as it takes to cite it."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from vrom.answers.models import (
    Answer,
    CartridgeEntry,
    CompareAnswer,
    ContentsAnswer,
    ContentsEntry,
    ContextAnswer,
    DocumentAnswer,
    ListAnswer,
    Origin,
    Passage,
    SearchAnswer,
)
from vrom.format.hidden_text import visible
from vrom.format.versions import describe_version
from vrom.markdown.headings import read_heading, slug, strip_reference

SHORTEST_RULE = "---"
_DASHES = re.compile(r"^[^\S\n]*(-{3,})[^\S\n]*$", re.MULTILINE)
_LONGEST_RULE = 40
_LONGEST_ABOUT = 160
"""Characters of a description in a list."""
_OLD = 90
"""Days after which the age of a cartridge is worth a word."""
LISTED_TITLES = 3
"""Titles of the path of a passage that is only named: the last ones."""
ALSO = "Also (get_chunk_context shows one):"
_FRAME = re.compile(r"^([^\S\n]*)(?=\*\*[^\n]*\*\*[^\S\n]*·)", re.MULTILINE)
_BOLD, _DOT = re.compile(r"\*{2,}"), re.compile(r"(?<!\w)·|·(?!\w)")


def render(answer: Answer) -> str:
    """An answer of any kind as Markdown."""
    match answer:
        case SearchAnswer():
            return search(answer)
        case ContextAnswer():
            return context(answer)
        case DocumentAnswer():
            return document(answer)
        case ContentsAnswer():
            return contents(answer)
        case ListAnswer():
            return listing(answer)
        case CompareAnswer():
            return comparison(answer)


def frame(path: Sequence[str], *facts: str) -> str:
    """The line above a passage: its title path, and where it comes from."""
    title = " > ".join(filter(None, map(_plain, path))) or "Untitled"
    return " · ".join([f"**{title}**", *filter(None, map(_plain, facts))])


def quoted(text: str) -> str:
    """Text of a document; a line that looks like a frame is escaped, so that no document can forge another's origin."""
    text = _DASHES.sub(lambda line: line[0].replace(line[1], line[1][:_LONGEST_RULE]), text)
    return _FRAME.sub(r"\1\\", text)


def rule_for(texts: Iterable[str]) -> str:
    """The line between passages and before the closing lines: more dashes than any line of the texts has.

    So no text can end its own passage: the longest line of dashes in an answer is the server's.
    """
    longest = max((len(dashes) for text in texts for dashes in _DASHES.findall(text)), default=0)
    return max(SHORTEST_RULE, "-" * (longest + 1), key=len)


def passage(item: Passage, *, link: bool = True) -> str:
    """One search result. The title path stands for the headings that the text begins with."""
    facts = (f"{item.cartridge}#{item.chunk_id}", item.source_file, item.url if link else "", *_copies(item))
    shown = _passage(tuple(item.heading_path), facts, item.text)
    return shown if item.continues is None else f"{shown}\n\n[continues: #{item.continues}, {_size(item)}]"


def _asked(item: Passage, before: Sequence[str | None]) -> str:
    """The query that a passage was found for, above the first of its passages."""
    return f'For "{_plain(item.query)}":\n' if item.query and item.query not in before else ""


def listed(item: Passage) -> str:
    """The line of a passage that is only named."""
    title = " > ".join(filter(None, map(_plain, item.heading_path[-LISTED_TITLES:]))) or "Untitled"
    facts = ", ".join([_size(item), *map(_plain, _copies(item))])
    return f"- {_plain(item.cartridge)}#{item.chunk_id} {title} ({facts})"


def _copies(item: Passage) -> list[str]:
    """Names of the other cartridges that have the text of a passage, or part of it."""
    same, partly = ", ".join(item.same_in), ", ".join(item.partly_in)
    return [*([f"same in {same}"] if same else []), *([f"partly in {partly}"] if partly else [])]


def _size(item: Passage) -> str:
    return f"{item.continues_tokens} tokens"


@lru_cache(maxsize=128)  # an answer is rendered several times until it fits
def _passage(path: tuple[str, ...], facts: tuple[str, ...], text: str) -> str:
    return f"{frame(path, *facts)}\n\n{quoted(_without_headings(text, path))}"


def search(answer: SearchAnswer) -> str:
    """Ranked passages, then notes and the cursor. An address is given once, with its page's first passage."""
    items = [item for item in answer.results if not item.listed]
    urls = [item.url for item in items]
    asked = [item.query for item in items]
    shown = [_asked(item, asked[:i]) + passage(item, link=item.url not in urls[:i]) for i, item in enumerate(items)]
    lines = [listed(item) for item in answer.results if item.listed]
    rule = rule_for(shown)
    parts = [f"\n\n{rule}\n".join(shown)] if shown else []
    versions = dict.fromkeys(f"{item.cartridge} {version_of(item)}" for item in answer.results)
    origin = f"From {', '.join(versions)}." if versions else ""
    also = [ALSO, *lines] if lines else []
    return _closing(parts, answer.notes, answer.next_cursor, "\n".join(filter(None, [*also, origin])), rule)


def version_of(origin: Origin | CartridgeEntry) -> str:
    """The version of a text, and how it relates to the one that the project locks."""
    version = describe_version(_plain(origin.version))
    if origin.locked is None:
        return version
    is_locked = origin.locked == origin.version
    return f"{version} (locked)" if is_locked else f"{version} (the project locks {origin.locked})"


def context(answer: ContextAnswer) -> str:
    """A chunk with its neighbours."""
    first, last = answer.chunk_ids[0], answer.chunk_ids[-1]
    which = f"{answer.cartridge}#{first}" + (f"–{last}" if last != first else "")
    version = f"version {version_of(answer).removeprefix('version ')}"
    around = [
        f"more before: #{answer.prev_chunk_id}" if answer.more_before else "start of document",
        f"more after: #{answer.next_chunk_id}" if answer.more_after else "end of document",
    ]
    head = frame(answer.heading_path, which, version, answer.source_file, answer.url, *around)
    text = quoted(answer.text)
    return _closing([f"{head}\n\n{text}"], answer.notes, None, rule=rule_for([text]))


def document(answer: DocumentAnswer) -> str:
    """A page of a document."""
    path = [part for part in (answer.doc_title, answer.section) if part]
    head = frame(path, f"{answer.cartridge} {describe_version(answer.version)}", answer.source_file, answer.url)
    text = quoted(answer.text)
    return _closing([f"{head}\n\n{text}"], answer.notes, answer.next_cursor, rule=rule_for([text]))


def contents_entry(entry: ContentsEntry) -> str:
    """One line of a table of contents."""
    headings = f": {'; '.join(map(_plain, entry.headings))}" if entry.headings else ""
    return f"- `{_plain(entry.source_file)}` {_plain(entry.doc_title)} ({entry.tokens} tokens){headings}"


def contents(answer: ContentsAnswer) -> str:
    """A cartridge's table of contents."""
    version = describe_version(answer.version)
    lines = [f"**Contents of {answer.cartridge} {version}**", *map(contents_entry, answer.documents)]
    return _closing(["\n".join(lines)], answer.notes, answer.next_cursor)


def comparison(answer: CompareAnswer) -> str:
    """Changes from one version to another."""
    head = frame([f"{answer.old} to {answer.new}"], answer.source_file or "")
    lines = [
        f"- `{_plain(page.source_file)}` {page.change} (+{page.lines_added}, -{page.lines_removed} lines)"
        for page in answer.pages
    ]
    mark = "`" * (max([2, *map(len, re.findall("`+", answer.diff))]) + 1)
    diff = f"{mark}diff\n{quoted(answer.diff)}\n{mark}" if answer.diff else ""
    parts = ["\n\n".join(filter(None, [head, "\n".join(lines), diff]))]
    return _closing(parts, answer.notes, None, rule=rule_for([answer.diff]))


def listing(answer: ListAnswer) -> str:
    """The mounted cartridges, one a line."""
    lines = [_listed(entry) for entry in answer.cartridges]
    return _closing(["\n".join(lines)] if lines else [], answer.notes, None)


def _without_headings(text: str, path: Sequence[str]) -> str:
    """The text without the headings it begins with, where they are those of its title path down to the last."""
    expected = [slug(part) for part in path]
    rest, last = text, ""
    while heading := read_heading(line := rest.partition("\n")[0]):
        rest, last = rest[len(line) :].lstrip("\n"), slug(strip_reference(heading.text))
        if last not in expected:
            return text
    return rest if rest.strip() and expected[-1:] == [last] else text


def _listed(entry: CartridgeEntry) -> str:
    state = "" if entry.state == "ready" else f" [{entry.state}: {entry.problem}]"
    if entry.state == "broken":
        return f"- **{entry.id}**{state}"
    about = re.sub(rf"(?i)^{re.escape(entry.id.rpartition('.')[2])}:[ ]", "", _plain(entry.description))
    about = (about if len(about) <= _LONGEST_ABOUT else f"{about[: _LONGEST_ABOUT - 1]}…") or "no description"
    also = f"also {', '.join(entry.other_versions)}; " if entry.other_versions else ""
    size = "1 chunk" if entry.chunks == 1 else f"{entry.chunks:,} chunks"
    age = f", of {entry.created_at[:10]}" if (entry.age_days or 0) >= _OLD else ""
    return f"- **{entry.id}** {version_of(entry)}: {about} ({also}{size}{age}){state}"


def _closing(
    parts: list[str], notes: Sequence[str], cursor: str | None, origin: str = "", rule: str = SHORTEST_RULE
) -> str:
    closing = [*filter(None, [origin]), *(f"Note: {note}" for note in notes)]
    if cursor:
        closing.append(f'More: cursor="{cursor}"')
    # A text with a rule of its own must not seem to end there.
    if parts and (closing or rule != SHORTEST_RULE):
        closing = [rule, *closing]
    return "\n\n".join([*parts, *filter(None, ["\n".join(closing)])])


def _plain(text: str) -> str:
    """One line without the marks that frames are made of."""
    return " ".join(_DOT.sub(" ", _BOLD.sub(" ", visible(text))).split())
