"""`vrom build --dry-run`: what a build would make of its sources, without embedding or writing anything."""

from typing import TYPE_CHECKING, Any

from vrom.cli.build.left_out import describe_passed_over, left_out_document, print_left_out
from vrom.cli.console import console, escape_text, format_count, print_json, print_line
from vrom.errors import ModelError, NotFoundError
from vrom.format.hidden_text import visible
from vrom.format.versions import describe_version

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vrom.builder.chunking.preview import Preview
    from vrom.builder.document import Document
    from vrom.builder.read_sources import ReadResult
    from vrom.builder.request import BuildRequest
    from vrom.embedding.embedder import Embedder
    from vrom.embedding.model_store import ModelStore
    from vrom.format.models import Chunk


def show_preview(request: "BuildRequest", read: "ReadResult", store: "ModelStore", *, json: bool) -> None:
    """Print the figures of the package that a build would write, what it would lack, and a sample of its chunks."""
    from dataclasses import replace

    from vrom.builder.chunking.preview import make_budget, preview_documents

    embedder = open_embedder(store, request)
    budget = make_budget(request, embedder)
    preview = preview_documents(read.documents, budget, request.url_of, is_estimated=embedder is None)
    read = replace(read, skipped=[*read.skipped, *preview.uncut])
    version = request.version_of(read.origins)
    if json:
        print_json(_preview_document(request, version, preview, read))
    else:
        _print_preview(request, version, preview, read)


def show_page(request: "BuildRequest", read: "ReadResult", wanted: str, store: "ModelStore", *, json: bool) -> None:
    """Print the chunks of one document. Raises `NotFoundError`."""
    from vrom.builder.chunking.chunker import chunk_document
    from vrom.builder.chunking.preview import make_budget

    named = {document.source_file: document for document in read.documents}
    if wanted not in named:
        raise NotFoundError("page", wanted, named)
    budget = make_budget(request, open_embedder(store, request))
    _print_chunks(named[wanted], chunk_document(named[wanted], budget), budget.count_tokens, json=json)


def open_embedder(store: "ModelStore", request: "BuildRequest") -> "Embedder | None":
    """The model if it is installed; None if it is missing or broken, as only its tokenizer would be used."""
    try:
        return store.open(request.spec) if store.locate(request.spec) else None
    except ModelError:
        return None


def _preview_document(request: "BuildRequest", version: str, preview: "Preview", read: "ReadResult") -> dict[str, Any]:
    return {
        "dry_run": True,
        "id": request.vrom_id,
        "version": version,
        "pages": preview.pages,
        "sections": preview.sections,
        "chunks": preview.chunks,
        "code_blocks": preview.code_blocks,
        "tokens": preview.tokens,
        "is_estimated": preview.is_estimated,
        "sample": [
            {"source_file": chunk.source_file, "heading_path": chunk.heading_path, "text": chunk.text}
            for chunk in preview.sample
        ],
        **left_out_document(read.left_out),
    }


def _print_preview(request: "BuildRequest", version: str, preview: "Preview", read: "ReadResult") -> None:
    from rich.rule import Rule

    left_out = read.left_out
    print_left_out(left_out)
    about = "about " if preview.is_estimated else ""
    counts = (
        format_count(preview.pages, "page"), format_count(preview.sections, "section"),
        about + format_count(preview.chunks, "chunk"), format_count(preview.code_blocks, "code block"),
        about + format_count(preview.tokens, "token"),
    )  # fmt: skip
    named = f"[bold]{escape_text(request.vrom_id)}[/] {escape_text(describe_version(version))}"
    lacking = f", [bold yellow]without {escape_text(left_out.describe())}[/]" if left_out.is_much else ""
    print_line(f"{named} would have {', '.join(counts)}{lacking}.")
    for line in filter(None, describe_passed_over(left_out).split("\n")):
        print_line(f"[dim]passed over[/]  {escape_text(line)}")
    for chunk in preview.sample:
        console().print(Rule(f"[dim]{escape_text(chunk.source_file)}[/]", align="left"))
        print_line(f"[bold]{escape_text(' > '.join(chunk.heading_path))}[/]")
        console().print(visible(chunk.text), markup=False, soft_wrap=True)
    console().print(Rule(style="dim"))
    print_line("Nothing was written. Show all chunks of a page: [bold]--dry-run --page NAME[/]")


def _print_chunks(
    document: "Document", chunks: "Sequence[Chunk]", count_tokens: "Callable[[str], int]", *, json: bool
) -> None:
    """Print the chunks of a document."""
    if json:
        print_json({
            "source_file": document.source_file,
            "doc_title": document.title,
            "chunks": [
                {
                    "text": chunk.text, "heading_path": chunk.heading_path, "char_start": chunk.char_start,
                    "char_end": chunk.char_end, "tokens": count_tokens(chunk.text),
                }
                for chunk in chunks
            ],
        })  # fmt: skip
        return

    from rich.rule import Rule

    print_line(f"[bold]{escape_text(document.source_file)}[/]: {format_count(len(chunks), 'chunk')}")
    for number, chunk in enumerate(chunks, 1):
        path = escape_text(" > ".join(chunk.heading_path))
        tokens = format_count(count_tokens(chunk.text), "token")
        about = f"{number} · {path} · {tokens} · {chunk.char_start}–{chunk.char_end}"
        console().print(Rule(f"[dim]{about}[/]", align="left"))
        console().print(visible(chunk.text), markup=False, soft_wrap=True)
