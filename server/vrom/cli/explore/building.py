"""Builds from the pages, as `vrom build` makes them."""

from functools import partial
from typing import TYPE_CHECKING

import typer

from vrom.app.explorer.changes.report import Report, losses_of, sample_of
from vrom.cli.build.report import describe_built
from vrom.cli.console import format_count
from vrom.errors import InvalidArgumentError
from vrom.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from vrom.app.explorer.changes.jobs import Job
    from vrom.app.explorer.changes.operations import BuildForm
    from vrom.builder.request import BuildRequest
    from vrom.builder.sources.read import LocalContext
    from vrom.embedding.model_store import ModelStore

STAGES = {"read": "Read", "cut": "Cut into chunks", "embed": "Embed", "link": "Build the graph", "write": "Write"}
"""Names of the stages of a build on the pages."""


def build(settings: Settings, form: "BuildForm", job: "Job") -> Report:
    """Build a cartridge."""
    from vrom.builder import build as builder
    from vrom.builder.sources.read import find_version
    from vrom.cli.build.target import build_in_store, check_replaceable, find_target
    from vrom.embedding.model_store import ModelStore
    from vrom.format.versions import UNKNOWN

    request, context = _request(settings, form)
    version = request.version or find_version(request.sources, context) or UNKNOWN
    folder = find_target(settings, request, version)
    check_replaceable(folder, request.vrom_id)
    store = ModelStore(settings.models, uv=settings.uv)
    ensure_model(store, request, job)
    job.expect(*STAGES.values())
    run = partial(
        builder.build, request, store=store, cache=settings.cache, context=context, created_at=settings.build_time,
        progress=named(job),
    )  # fmt: skip
    built = build_in_store(settings, request, folder, run)
    made = built.manifest
    state = "is unchanged" if built.unchanged else "is built"
    notes = [] if made.description else ["It has no description, by which agents decide whether to search it."]
    return Report(
        f"{made.vrom_id} {made.version} {state}: {format_count(made.total_chunks, 'chunk')}, "
        f"{format_count(made.total_tokens, 'token')}.",
        {label: value for label, value in describe_built(built).items() if label != "time"}
        | {"folder": str(built.folder)},
        notes,
        losses_of(built.read.left_out),
        cartridge=f"{made.vrom_id}@{made.version}",
    )


def preview(settings: Settings, form: "BuildForm", job: "Job") -> Report:
    """Read and cut the sources of a build, without embedding or writing anything."""
    from dataclasses import replace

    from vrom.builder.chunking.preview import make_budget, preview_documents
    from vrom.builder.read_sources import read_documents
    from vrom.cli.build.dry_run import open_embedder
    from vrom.embedding.model_store import ModelStore

    job.expect(STAGES["read"], STAGES["cut"])
    request, context = _request(settings, form, placeholder="it")
    report = named(job)
    report("read", 0, None)
    read = read_documents(
        request, settings.cache / "pages", context=context, partial=True,
        progress=lambda count: report("read", count, None),
    )  # fmt: skip
    report("cut", 0, len(read.documents))
    embedder = open_embedder(ModelStore(settings.models, uv=settings.uv), request)
    budget = make_budget(request, embedder)
    found = preview_documents(read.documents, budget, request.url_of, is_estimated=embedder is None)
    read = replace(read, skipped=[*read.skipped, *found.uncut])
    about = "about " if found.is_estimated else ""
    sizes = {
        "pages": found.pages, "sections": found.sections, "chunks": found.chunks, "code blocks": found.code_blocks,
        "tokens": found.tokens,
    }  # fmt: skip
    return Report(
        f"{request.vrom_id} would have {about}{format_count(found.chunks, 'chunk')}. Nothing was written.",
        {name: f"{count:,}" for name, count in sizes.items()},
        losses=losses_of(read.left_out),
        sample=sample_of(found.sample),
        repeats=form.fields(),
    )


def named(job: "Job") -> "Callable[[str, int, int | None], None]":
    """Report the stages of a build by their names on the pages."""
    return lambda stage, done, total: job.report(STAGES[stage], done, total)


def ensure_model(store: "ModelStore", request: "BuildRequest", job: "Job") -> None:
    """Fetch the model of a build unless it is there. Raises `DownloadError`."""
    if store.locate(request.spec) is None:
        job.report("Fetch the model", 0, None)
        store.pull(request.spec)


def _request(settings: Settings, form: "BuildForm", placeholder: str = "") -> "tuple[BuildRequest, LocalContext]":
    """The request of a form, and what its sources say. Raises `InvalidArgumentError` and `BuildError`."""
    from vrom.builder.sources.read import check_sources_exist
    from vrom.cli.build.request import local_context, make_request

    given = {"version": form.version, "description": form.description, "crawl": form.follows_links}
    try:
        request = make_request([form.source], form.cartridge or None, given, placeholder)
    except typer.BadParameter as error:
        raise InvalidArgumentError(f"{error.param_hint or '--id'}: {error.message}") from error
    context = local_context(settings, request.sources)
    check_sources_exist(request.sources, context)
    return request, context
