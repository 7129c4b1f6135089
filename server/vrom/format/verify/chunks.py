"""Verification of a package's chunks: keys, ids, and the linked list of each document."""

import bisect
import itertools
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vrom.errors import PackageBrokenError, PackageLimitError
from vrom.format.hidden_text import hidden_kinds
from vrom.format.limits import PER_NODE, Meter
from vrom.format.models import Chunk
from vrom.format.verify.findings import Findings, shown
from vrom.format.verify.keys import report_repeated_keys
from vrom.markdown.comments import comment_ranges

# Chunk keys that the browser reads; vrom can do without most.
_METADATA = (
    "chunk_id", "text", "source_file", "section_heading", "prev_chunk_id", "next_chunk_id", "url", "doc_title"
)  # fmt: skip


_JOINT = "\n\n"
"""Text between two chunks of a document."""


def metadata_chunks(file: str, metadata: Sequence[str | None], findings: Findings, meter: Meter) -> list[Chunk] | None:
    """Chunks in the nodes' metadata, or None if any is missing or invalid.

    Raises `PackageLimitError` if reading them would exceed the limits.
    """
    meter.spend(Path(file), "nodes", PER_NODE * len(metadata))
    chunks = []
    for position, text in enumerate(metadata):
        if text is None:
            expected = "a chunk as a JSON string, the only form that browsers read"
            findings.warning(file, "nodes[].metadata", "null", expected, position)
            continue
        try:
            document = meter.parse(Path(file), text.encode())
        except PackageLimitError:
            raise
        except PackageBrokenError as error:
            findings.error(file, "nodes[].metadata", error.problem, "a chunk as a JSON string", position)
            continue
        report_repeated_keys(file, text, findings, "nodes[].metadata", position)
        chunks += _chunk(file, "nodes[].metadata", document, position, findings)
    return chunks if len(chunks) == len(metadata) else None


def listed_chunks(file: str, documents: Any, findings: Findings) -> list[Chunk] | None:
    """Chunks of `chunks.json`, or None if any is invalid."""
    if not isinstance(documents, list):
        findings.error(file, "", shown(documents), "a list of chunks")
        return None
    chunks = [
        chunk
        for position, document in enumerate(documents)
        for chunk in _chunk(file, "[]", document, position, findings)
    ]
    return chunks if len(chunks) == len(documents) else None


def _chunk(file: str, field: str, document: Any, position: int, findings: Findings) -> list[Chunk]:
    try:
        chunk = Chunk.model_validate(document)
    except ValidationError as error:
        findings.invalid(file, error, field, position)
        return []
    for key in _METADATA:
        if key not in chunk.model_fields_set:
            findings.warning(file, f"{field}.{key}", "missing", "required by other readers", position)
    return [chunk]


def verify_chunks(file: str, field: str, chunks: Sequence[Chunk], findings: Findings) -> None:
    """Check ids, pointers and offsets."""
    for position, chunk in enumerate(chunks):
        if chunk.chunk_id != position:
            expected = "the node's position, since readers use pointers as node ids"
            findings.error(file, f"{field}.chunk_id", str(chunk.chunk_id), expected, position)
        if not chunk.text.strip():
            findings.warning(file, f"{field}.text", "nothing", "text", position)
        if not 0 <= chunk.char_start <= chunk.char_end:
            found = f"{chunk.char_start} to {chunk.char_end}"
            findings.warning(file, f"{field}.char_start", found, "a range in the document", position)
        _verify_what_is_seen(file, field, position, chunk, findings)
    _verify_comments(file, field, chunks, findings)
    _verify_pointers(file, field, chunks, findings)
    _verify_lists(file, field, chunks, findings)


def _verify_what_is_seen(file: str, field: str, position: int, chunk: Chunk, findings: Findings) -> None:
    """Warn about text hidden from people but read by models; vrom removes it from answers, other readers may not."""
    hidden = hidden_kinds(
        "\n".join((chunk.text, chunk.doc_title, chunk.source_file, chunk.section_heading, *chunk.path))
    )
    for kind in hidden:
        findings.warning(file, f"{field}.text", kind, "visible text", position)
    if chunk.url and not chunk.url.startswith(("https://", "http://")):
        findings.warning(file, f"{field}.url", shown(chunk.url), "a web URL", position)


def _verify_comments(file: str, field: str, chunks: Sequence[Chunk], findings: Findings) -> None:
    """Warn about HTML comments: of each document as a whole, since one may begin in one chunk and end in another."""
    documents: dict[str, list[int]] = defaultdict(list)
    for position, chunk in enumerate(chunks):
        documents[chunk.source_file].append(position)
    for positions in documents.values():
        ends = list(itertools.accumulate(len(chunks[position].text) + len(_JOINT) for position in positions))
        found: set[int] = set()
        for start, end in comment_ranges(_JOINT.join(chunks[position].text for position in positions)):
            found.update(range(bisect.bisect_right(ends, start), bisect.bisect_left(ends, end) + 1))
        for number in sorted(found & set(range(len(positions)))):
            findings.warning(
                file, f"{field}.text", "HTML comments", "text that people see as models do", positions[number]
            )


def _verify_pointers(file: str, field: str, chunks: Sequence[Chunk], findings: Findings) -> None:
    for key, back in (("next_chunk_id", "prev_chunk_id"), ("prev_chunk_id", "next_chunk_id")):
        for position, chunk in enumerate(chunks):
            target = getattr(chunk, key)
            if target is None:
                continue
            name, found = f"{field}.{key}", str(target)
            if not 0 <= target < len(chunks):
                findings.error(file, name, found, f"the id of one of the {len(chunks)} chunks, or null", position)
            elif chunks[target].source_file != chunk.source_file:
                found = f"{target}, of {shown(chunks[target].source_file)}"
                findings.error(file, name, found, "a chunk of the same document", position)
            elif (returned := getattr(chunks[target], back)) != position:
                found = f"{target}, whose {back} is {shown(returned)}"
                findings.error(file, name, found, "a chunk that links back", position)


def _verify_lists(file: str, field: str, chunks: Sequence[Chunk], findings: Findings) -> None:
    """Check that every chunk is on a list with a first chunk, and that each document is one list."""
    seen: set[int] = set()
    lists: dict[str, int] = defaultdict(int)
    for position, chunk in enumerate(chunks):
        if chunk.prev_chunk_id is not None:
            continue
        lists[chunk.source_file] += 1
        if lists[chunk.source_file] == 2:
            found = f"start of a second chunk list of {shown(chunk.source_file)}"
            findings.warning(file, f"{field}.prev_chunk_id", found, "one chunk list per document", position)
        current: int | None = position
        while current is not None and 0 <= current < len(chunks) and current not in seen:
            seen.add(current)
            current = chunks[current].next_chunk_id
    for position in range(len(chunks)):
        if position not in seen:
            found = "not in any document's chunk list"
            findings.error(
                file, f"{field}.prev_chunk_id", found, "chunk lists that contain every chunk, without loops", position
            )


def compare_chunks(file: str, listed: Sequence[Chunk], chunks: Sequence[Chunk], findings: Findings) -> None:
    """Compare `chunks.json` with the metadata of the nodes."""
    if len(listed) != len(chunks):
        findings.error(file, "", f"{len(listed)} chunks", f"{len(chunks)}, as many as index.json has nodes")
    for position, (here, there) in enumerate(zip(listed, chunks, strict=False)):
        both = here.model_fields_set & there.model_fields_set
        for key in _METADATA:
            if key in both and getattr(here, key) != getattr(there, key):
                expected = "the same as the node's metadata in index.json"
                findings.error(file, f"[].{key}", shown(getattr(here, key)), expected, position)
