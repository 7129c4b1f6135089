"""Documentation of dependencies from the pages, as `vrom add` makes it: of packages by name, and of a project."""

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from vrom.app.explorer.changes.operations import Listed, ProjectView, State
from vrom.app.explorer.changes.report import Losses, Report, Row, losses_of, sample_of
from vrom.cli.console import format_count
from vrom.cli.options import machine_of
from vrom.errors import InvalidArgumentError
from vrom.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vrom.app.explorer.changes.jobs import Job
    from vrom.app.explorer.changes.operations import AddForm
    from vrom.builder.read_sources import ReadResult
    from vrom.project.add import Outcome
    from vrom.project.dependency import Dependency
    from vrom.project.project import Project
    from vrom.project.sources.gathered import Gathered
    from vrom.registry.installed import Installed

READ, EMBED, PREVIEW = "Read the documentation", "Embed", "Cut into chunks"
"""Stages."""


def read(settings: Settings, folder: str) -> ProjectView:
    """Dependencies of a project, and the documentation of them that is there.

    Raises `InvalidArgumentError` if there is no such folder.
    """
    from vrom.project.cartridge_names import cartridge_id
    from vrom.project.choose import Filters, choose
    from vrom.project.own.identity import identify_project, is_project
    from vrom.project.own.record import read_own_record
    from vrom.registry.stored_listings import stored_listings

    settings = _settings_of(settings, folder)
    found = _read_project(settings)
    chosen = choose(found, [], Filters(everything=True))
    shelf = machine_of(settings).open_shelf()
    there = shelf.find_all(chosen)
    versions: dict[str, list[str]] = {}
    for package in shelf.packages.installed():
        versions.setdefault(package.id, []).append(package.version)
    offered = {one.id: one.versions for one in stored_listings(settings.home)} if settings.registries else {}

    def describe(one: "Dependency") -> Listed:
        identity, package = cartridge_id(one.ecosystem, one.name), there.get(one)
        others = [version for version in versions.get(identity, ()) if package is None or version != package.version]
        return Listed(
            name=f"{one.ecosystem}:{one.name}=={one.version}" if one.version else f"{one.ecosystem}:{one.name}",
            title=one.name,
            ecosystem=one.ecosystem,
            version=one.version,
            groups=sorted(one.groups),
            is_direct=one.is_direct,
            state=_state_of(one, package, others, is_offered=one.version in offered.get(identity, ())),
            cartridge=f"{identity}@{one.version}" if package else "",
            chunks=package.manifest.total_chunks if package else 0,
            other_versions=others,
        )

    own = identify_project(found.folder).id if is_project(found.folder) else ""
    record = read_own_record(settings.builds, found.folder) if own else None
    return ProjectView(
        found.folder,
        [file.name for file in found.files],
        found.problems,
        [describe(one) for one in chosen],
        own,
        has_own=record is not None,
    )


def _state_of(one: "Dependency", package: "Installed | None", others: list[str], *, is_offered: bool) -> State:
    if not one.version:
        return "no version"
    if package:
        return "words only" if package.manifest.awaits_vectors else "there"
    if is_offered:
        return "in a registry"
    return "other version" if others else "to be made"


def add(settings: Settings, form: "AddForm", job: "Job") -> Report:
    """Make the documentation of dependencies, first to be searched by words, then by meaning."""
    from vrom.cli.project.add import embedding_of, update_rules
    from vrom.cli.project.work import add_words_of, check_readers, embed_smallest_first
    from vrom.embedding.recipes import DEFAULT_SPEC
    from vrom.project.own.cartridge import OwnCartridge

    job.expect(READ, EMBED)
    settings = _settings_of(settings, form.folder)
    project = _read_project(settings)
    chosen = _choose(project, form)
    check_readers()
    machine = machine_of(settings)
    shelf = machine.open_shelf()
    if shelf.models.locate(DEFAULT_SPEC) is None:
        job.report("Fetch the model", 0, None)
        shelf.models.pull(DEFAULT_SPEC)
    total = len(chosen) + form.own
    outcomes: list[Outcome] = []

    def note(outcome: "Outcome") -> None:
        outcomes.append(outcome)
        job.show(_report(outcomes, "so far"))
        job.report(READ, len(outcomes), total)

    job.report(READ, 0, total)
    own = OwnCartridge(project.folder, shelf) if form.own else None
    if own:
        note(own.add(lambda *_: job.check()))
    with machine.open_sources(project, fetch=not form.offline, git=not form.offline) as sources:

        def gather(dependency: "Dependency", work: Path) -> "Gathered":
            job.check()
            return sources.gather(dependency, work)

        add_words = partial(shelf.add_words, gather=gather, pull=sources.pull)
        add_words_of([sources.complete(one) for one in chosen], add_words, note)
    awaiting = [(one, embedding_of(one, shelf, own)) for one in outcomes if one.awaits_vectors]
    embed_smallest_first(awaiting, lambda _, done, total: job.report(EMBED, done, total))
    if form.folder or form.own:
        update_rules(settings, project)
    return _report(outcomes, "done")


def preview(settings: Settings, form: "AddForm", job: "Job") -> Report:
    """Read and cut the documentation of dependencies, without embedding or writing anything."""
    from vrom.builder.chunking.preview import make_budget, preview_documents
    from vrom.builder.request import BuildRequest
    from vrom.cli.build.dry_run import open_embedder
    from vrom.cli.project.work import check_readers
    from vrom.embedding.model_store import ModelStore
    from vrom.project.sources.gathered import Gathered

    job.expect(READ, PREVIEW)
    settings = _settings_of(settings, form.folder)
    project = _read_project(settings)
    chosen = _choose(project, form)
    check_readers()
    reads: dict[Dependency, ReadResult] = {}
    problems: dict[Dependency, Sequence[str]] = {}
    with machine_of(settings).open_sources(project, fetch=not form.offline, git=not form.offline) as sources:
        for done, one in enumerate(map(sources.complete, chosen)):
            job.report(READ, done, len(chosen))
            with tempfile.TemporaryDirectory(prefix="vrom-preview-", ignore_cleanup_errors=True) as work:
                gathered = sources.gather(one, Path(work)) if one.version else Gathered(problems=["no version."])
            reads[one], problems[one] = gathered.as_read(), gathered.problems
    rows, samples = [], []
    request = BuildRequest(vrom_id="it", sources=("it",))
    embedder = open_embedder(ModelStore(settings.models, uv=settings.uv), request)
    budget = make_budget(request, embedder)
    for done, (one, found) in enumerate(reads.items()):
        job.report(PREVIEW, done, len(reads))
        cut = preview_documents(found.documents, budget, lambda _: "", is_estimated=embedder is None)
        rows.append(
            Row(
                one.name, one.version, "planned" if found.documents else "nothing", documents=cut.pages,
                chunks=cut.chunks, sources=[origin.source for origin in found.origins], problems=problems[one],
            )
        )  # fmt: skip
        samples += sample_of(cut.sample)[:1]
    documents, chunks = sum(row.documents for row in rows), sum(row.chunks for row in rows)
    return Report(
        f"{format_count(len(rows), 'package')} would have about {format_count(documents, 'document')}, "
        f"{format_count(chunks, 'chunk')}. Nothing was written.",
        losses=_losses_of_all(reads),
        sample=samples[:5],
        rows=rows,
        repeats=form.fields(),
    )


def _losses_of_all(reads: "dict[Dependency, ReadResult]") -> Losses:
    from dataclasses import replace

    from vrom.builder.sources.left_out import LeftOut

    def named(one: "Dependency", name: str) -> str:
        return f"{one.name}: {name}" if len(reads) > 1 else name

    documents = [
        replace(document, source_file=named(one, document.source_file))
        for one, found in reads.items()
        for document in found.documents
    ]
    skipped = [replace(entry, name=named(one, entry.name)) for one, found in reads.items() for entry in found.skipped]
    return losses_of(LeftOut(documents, skipped))


def _report(outcomes: "Sequence[Outcome]", when: str) -> Report:
    rows = [
        Row(
            name=one.dependency.name,
            version=one.dependency.version,
            state=one.state,
            cartridge=f"{one.manifest.vrom_id}@{one.manifest.version}" if one.manifest else "",
            documents=sum(origin.documents for origin in one.origins),
            chunks=one.manifest.total_chunks if one.manifest else 0,
            sources=list(dict.fromkeys(origin.source for origin in one.origins)),
            problems=one.problems,
            seconds=one.seconds,
        )
        for one in outcomes
    ]
    counts = {state: sum(row.state == state for row in rows) for state in ("added", "unchanged", "nothing", "failed")}
    said = {
        "added": "added", "unchanged": "there already", "nothing": "without documentation", "failed": "failed",
    }  # fmt: skip
    summary = ", ".join(f"{count:,} {said[state]}" for state, count in counts.items() if count) or "nothing to do"
    there = [row.cartridge for row in rows if row.cartridge]
    return Report(
        f"{summary[:1].upper()}{summary[1:]}{' so far' if when == 'so far' else ''}.",
        rows=rows,
        cartridge=there[0] if len(there) == 1 else "",
    )


def _settings_of(settings: Settings, folder: str) -> Settings:
    """The settings for a project. Raises `InvalidArgumentError` if it isn't a folder."""
    if not folder:
        return settings
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise InvalidArgumentError(f"{folder[:200]} is not a folder. Expected the folder of a project.")
    return read_settings(project=path)


def _read_project(settings: Settings) -> "Project":
    from vrom.project.project import read_project

    return read_project(settings.project, settings.environments)


def _choose(project: "Project", form: "AddForm") -> "list[Dependency]":
    """The dependencies that a form names: exactly as the project locks them, if it does."""
    from vrom.project.choose import Filters, choose

    if not form.names:
        return []
    locked = {f"{one.ecosystem}:{one.name}=={one.version}": one for one in project.dependencies}
    return list(
        dict.fromkeys(
            one
            for name in form.names
            for one in ([locked[name]] if name in locked else choose(project, [name], Filters()))
        )
    )
