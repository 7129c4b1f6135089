"""Output of `vrom build`: progress of the stages, and the result."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from vrom.cli.build.left_out import describe_passed_over, left_out_document, print_left_out
from vrom.cli.console import console, escape_text, format_count, format_size, print_line
from vrom.format.versions import describe_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.metadata import Distribution

    from rich.progress import TaskID

    from vrom.builder.build import Built
    from vrom.builder.read_sources import ReadResult

_STAGES = {
    "read": ("reading", "pages"), "cut": ("chunking", "pages"), "embed": ("embedding", "texts"),
    "link": ("indexing", "graphs"), "write": ("writing", "packages"),
}  # fmt: skip
_GOOD_RECALL = 0.99
_LONG = 0.1
"""Minimum seconds for a stage to be reported."""


class BuildProgress:
    """Progress bars on a terminal, one per stage."""

    def __init__(self) -> None:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        self._bars = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"), TextColumn("{task.description:<10}"), BarColumn(),
            MofNCompleteColumn(), TextColumn("[dim]{task.fields[rate]}[/]"), TimeRemainingColumn(),
            console=console(), transient=True, disable=not console().is_terminal,
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def report(self, stage: str, done: int, total: int | None) -> None:
        """Update the bar of a stage; the first report of a stage completes the earlier ones."""
        description, unit = _STAGES[stage]
        if stage not in self._tasks:
            for earlier in self._tasks.values():
                self._finish(earlier)
            self._tasks[stage] = self._bars.add_task(description, total=None, rate="")
        task = self._tasks[stage]
        self._bars.update(task, completed=done, total=total)
        speed = self._bars.tasks[task].speed
        self._bars.update(task, rate=f"{speed:,.0f} {unit}/s" if speed else "")

    def _finish(self, task: "TaskID") -> None:
        completed = max(1, int(self._bars.tasks[task].completed))
        self._bars.update(task, completed=completed, total=completed)


def print_built(
    built: "Built", packages: "Sequence[Distribution]", site_packages: "Sequence[Path]", *, found_by_default: bool
) -> None:
    """Print a summary of a build: what it lacks, its contents, recall of the graph, and the next command.

    `packages` are the Python distributions that were read, `site_packages` the folders of the project's environment.
    """
    from rich.table import Table

    manifest, left_out = built.manifest, built.read.left_out
    print_left_out(left_out)
    state = "unchanged" if built.unchanged else f"built in {sum(built.seconds.values()):.1f} s"
    named = f"[bold]{escape_text(manifest.vrom_id)}[/] {escape_text(describe_version(manifest.version))}"
    lacking = f" [bold yellow]without {escape_text(left_out.describe())}[/]" if left_out.is_much else ""
    mark = "[bold yellow]![/]" if left_out.is_much else "[green]✓[/]"
    print_line(f"{mark} {named} {state}{lacking}: {escape_text(str(built.folder))}")
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    table.add_column(style="dim")
    table.add_column()
    for package in packages:
        table.add_row("package", escape_text(_describe_package(package, site_packages)))
    for label, value in describe_built(built).items():
        table.add_row(label, escape_text(value))
    if passed_over := describe_passed_over(left_out):
        table.add_row("passed over", "\n".join(map(escape_text, passed_over.split("\n"))))
    console().print(table)
    if not manifest.description:
        print_line(
            "[yellow]![/] No description. Agents use it to decide whether to search; add one with "
            '[bold]--description "…"[/]'
        )
    where = "" if found_by_default else f"--cartridges {built.folder} "
    is_other = built.folder.name == f"{manifest.vrom_id}@{manifest.version}"
    name = built.folder.name if is_other else manifest.vrom_id
    print_line(f'Search it: [bold]vrom search {escape_text(where)}{escape_text(name)} "…"[/]')


def _describe_package(package: "Distribution", site_packages: "Sequence[Path]") -> str:
    """Name, version and environment of a Python distribution that was read."""
    place = Path(str(package.locate_file("")))
    whose = "the project's environment" if place in site_packages else "vrom's own environment"
    return f"{package.name} {package.version} from {whose}, {place}"


def describe_built(built: "Built") -> dict[str, str]:
    """Figures of a build for display, by label."""
    from vrom.registry.installed import size_of

    manifest, record = built.manifest, built.record
    repeated, recall = record.get("repeated", 0), record.get("recall_at_10")
    missed = "" if recall is None or recall >= _GOOD_RECALL else "; other readers will miss some nearest neighbours"
    stated = "not measured: too large for other readers; convert it with `vrom pack DIR --export-json OUT`"
    facts = {
        "pages": f"{len(built.read.documents):,}",
        "chunks": f"{manifest.total_chunks:,}" + (f" ({format_count(repeated, 'duplicate')})" if repeated else ""),
        "tokens": f"{manifest.total_tokens:,}",
        "recall": stated if recall is None else f"{recall:.4f} at 10 (ef {manifest.hnsw_config.ef_search}){missed}",
        "size": format_size(size_of(built.folder)),
    }
    if not built.unchanged:
        facts["embedded"] = format_count(built.embedded, "text")
        long = {stage: seconds for stage, seconds in built.seconds.items() if seconds >= _LONG}
        facts["time"] = ", ".join(f"{_STAGES[stage][0]} {seconds:.1f} s" for stage, seconds in long.items())
    return {label: value for label, value in facts.items() if value}


def document(built: "Built", packages: "Sequence[Distribution]") -> dict[str, Any]:
    """The result of a build as a JSON document."""
    from vrom.registry.installed import size_of

    return {
        "folder": str(built.folder),
        "id": built.manifest.vrom_id,
        "version": built.manifest.version,
        "unchanged": built.unchanged,
        "packages": [
            {"name": one.name, "version": one.version, "folder": str(one.locate_file(""))} for one in packages
        ],
        "chunks": built.manifest.total_chunks,
        "tokens": built.manifest.total_tokens,
        "repeated": built.record.get("repeated", 0),
        "embedded": built.embedded,
        "recall_at_10": built.record.get("recall_at_10"),
        "size": size_of(built.folder),
        "seconds": {stage: round(seconds, 3) for stage, seconds in built.seconds.items()},
        **document_of_read(built.read),
    }


def document_of_read(read: "ReadResult") -> dict[str, Any]:
    """The number of documents and what is missing, as keys of a JSON document."""
    return {"pages": len(read.documents), **left_out_document(read.left_out)}
