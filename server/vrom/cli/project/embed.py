"""Vectors of what `vrom add` has added: with a progress bar, or in a process of its own."""

import subprocess
import sys
from typing import TYPE_CHECKING

from vrom.cli.console import console, escape_text, print_line
from vrom.cli.project.work import embed_smallest_first
from vrom.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vrom.builder.build import Progress
    from vrom.project.add import Outcome
    from vrom.project.dependency import Dependency


def embed(work: "Sequence[tuple[Outcome, Callable[[Progress], int]]]") -> None:
    """Make the vectors that are missing, the smallest cartridges first, so that most are whole soon."""
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as ProgressBar

    print_line(
        "All can be searched by words now. Embedding them for search by meaning; "
        "if you stop it, `vrom add` continues later."
    )
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with ProgressBar(*columns, console=console(), transient=True, disable=not console().is_terminal) as bar:
        task = bar.add_task("embedding", total=None)
        embed_smallest_first(
            work,
            lambda outcome, done, total: bar.update(
                task, description=f"embedding {outcome.dependency.name}", completed=done, total=total
            ),
        )


def embed_in_background(settings: Settings, dependencies: "Sequence[Dependency]") -> None:
    """Start a process of its own that makes the vectors of these cartridges."""
    from vrom.project.add import source_of

    log = settings.cache / "add.log"
    names = [source_of(dependency) for dependency in dependencies if not dependency.folder]
    own = "--own" if len(names) < len(dependencies) else "--no-own"
    which = names or ["--exclude", "*"]
    command = [sys.executable, "-P", "-m", "vrom", "add", "--offline", "--project", str(settings.project), own, *which]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        subprocess.Popen(  # noqa: S603 - names that `is_well_formed` has checked
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    print_line(f"All can be searched by words now. Embedding goes on in the background: {escape_text(str(log))}")
