"""Show changes of files: a line for each, its backup, and in a dry run the difference."""

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vrom.cli.console import console, escape_text, print_line

if TYPE_CHECKING:
    from vrom.hosts.configuration import Change
    from vrom.hosts.host import Host

_MESSAGES = {
    "added": "added",
    "updated": "updated",
    "already there": "already up to date",
    "removed": "removed",
    "not there": "not configured",
    "kept": "changed by you, so left as it is",
}
"""Text printed for each `Change.done`."""


def print_change(title: str, change: "Change", backup: Path | None, *, dry_run: bool) -> None:
    """Print a change of the file of `title`, as made or, in a dry run, as it would be made."""
    is_change = change.after != change.before
    mark = "[green]✓[/]" if is_change else "[dim]–[/]"
    done = f"would be {change.done}" if dry_run and is_change else _MESSAGES[change.done]
    if change.after is None and change.before is not None:
        done += " with the file, which had no other content"
    elif change.restores:
        done += "; original file restored"
    print_line(f"{mark} {title}: {done}  [dim]{escape_text(str(change.file))}[/]")
    if backup:
        print_line(f"  [dim]Backup: {escape_text(backup.name)}[/]")
    if dry_run and is_change:
        console().print(_difference(change), markup=False, soft_wrap=True)


def print_other_entry(host: "Host") -> None:
    """Point to an entry that the host itself has for this project, which comes before the one that vrom writes."""
    from vrom.hosts.configuration import read_entry

    if any(read_entry(place) is not None for place in host.seen):
        print_line(
            f"  [yellow]![/] {host.title} has another entry for this project, which comes first. "
            f"Remove it: {host.remove_seen}"
        )


def change_document(change: "Change", backup: Path | None, *, dry_run: bool) -> dict[str, Any]:
    """A change as a JSON object."""
    return {
        "file": str(change.file),
        "done": change.done,
        "dry_run": dry_run,
        "backup": str(backup) if backup else None,
    }


def _difference(change: "Change") -> str:
    """A unified diff of a change."""
    before, after = (
        (content or b"").decode(errors="replace").splitlines() for content in (change.before, change.after)
    )
    name = str(change.file)
    return "\n".join(difflib.unified_diff(before, after, name, name, lineterm=""))
