"""`vrom check`: verify packages."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrom.cli.console import console, escape_text, format_count, print_json, print_line
from vrom.cli.options import Json, Store, store_address
from vrom.errors import PackageError, PackageNotFoundError
from vrom.format.manifest import is_package, read_manifest
from vrom.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vrom.format.limits import Limits
    from vrom.format.verify.findings import Finding


def check(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="A package, or a folder of packages.")] = None,
    store: Store = None,
    json: Json = False,
) -> None:
    """Verify packages: files, types, vectors, graph, links, checksums and companions. With --store verify a database.

    Exits with code 1 if a package has errors. A package with warnings only can still be mounted.
    """
    if store:
        from vrom.cli.cartridges.stored import check_stored

        check_stored(store_address(store, read_settings()), json=json)
        return
    if folder is None:
        raise typer.BadParameter("Name a package, or a database with --store.")
    from vrom.format.verify.package import can_be_trusted

    limits = read_settings().limits
    checked = {package: findings_of(package, limits) for package in packages_in(folder)}
    if json:
        reports = [_report(package, findings) for package, findings in checked.items()]
        print_json(reports[0] if is_package(folder) else {"packages": reports})
    else:
        for package, findings in checked.items():
            print_findings(package, findings)
    if not all(map(can_be_trusted, checked.values())):
        raise typer.Exit(1)


def findings_of(package: Path, limits: "Limits") -> "list[Finding]":
    """All findings for a package, including its companions."""
    from vrom.format.verify.package import check
    from vrom.index.pack.verify import check_companions

    return check(package, limits) + check_companions(package, limits)


def packages_in(folder: Path) -> list[Path]:
    """The folder itself if it is a package, else every sub-folder that is one.

    Raises `PackageNotFoundError` if there is none.
    """
    if is_package(folder):
        return [folder]
    inside = folder.iterdir() if folder.is_dir() else ()
    found = sorted(path for path in inside if path.name[0] != "." and is_package(path))
    if not found:
        raise PackageNotFoundError(f"{str(folder)!r} is not a package folder and contains none. {_suggestion(folder)}")
    return found


def ensure_package(folder: Path) -> None:
    """Raise `PackageNotFoundError` if the folder isn't a package."""
    if not is_package(folder):
        raise PackageNotFoundError(f"{str(folder)!r} is not a package folder. {_suggestion(folder)}")


def _suggestion(folder: Path) -> str:
    """The remedy for a folder that isn't a package; a bare id gets the path of the installed cartridge."""
    installed = read_settings().vroms / folder
    if is_package(installed):
        return f"Did you mean {installed}?"
    return "Expected a folder with manifest.json and index.json; `vrom build SOURCE --id ID` creates one."


def print_findings(folder: Path, findings: "Sequence[Finding]") -> None:
    """Print the verdict on a package and a table of its findings."""
    from rich.table import Table

    errors = sum(finding.severity == "error" for finding in findings)
    warnings = len(findings) - errors
    counts = ", ".join(format_count(n, word) for n, word in ((errors, "error"), (warnings, "warning")) if n)
    if errors:
        mark, verdict = "[bold red]✗[/]", f"[bold red]{counts}[/]"
    elif warnings:
        mark, verdict = "[bold yellow]![/]", f"[bold yellow]{counts}[/]"
    else:
        mark, verdict = "[bold green]✓[/]", "no problems found"
    print_line(f"{mark} {escape_text(_describe_package(folder))}: {verdict}")
    if not findings:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name, options in (("", {}), ("file", {}), ("where", {"overflow": "fold"}), ("found", {}), ("expected", {})):
        table.add_column(name, **options)  # type: ignore[arg-type]
    for finding in findings:
        mark = "[red]error[/]" if finding.severity == "error" else "[yellow]warning[/]"
        places = f" [dim]({finding.count:,} places)[/]" if finding.count > 1 else ""
        file, where, found, expected = (
            escape_text(text) for text in (finding.file, finding.where, finding.found, finding.expected)
        )
        table.add_row(mark, file, f"[bold]{where}[/]{places}", found, expected)
    console().print(table)


def _describe_package(folder: Path) -> str:
    try:
        manifest = read_manifest(folder)
    except PackageError:
        return str(folder)
    return f"{manifest.vrom_id} {manifest.version} ({format_count(manifest.total_chunks, 'chunk')}) in {folder}"


def _report(folder: Path, findings: "Sequence[Finding]") -> dict[str, Any]:
    """The findings for a package as a JSON document."""
    from vrom.format.verify.package import can_be_trusted

    return {
        "folder": str(folder),
        "trusted": can_be_trusted(findings),
        "errors": sum(finding.severity == "error" for finding in findings),
        "warnings": sum(finding.severity == "warning" for finding in findings),
        "findings": [
            {
                "severity": finding.severity,
                "file": finding.file,
                "field": finding.field,
                "positions": finding.positions,
                "found": finding.found,
                "expected": finding.expected,
            }
            for finding in findings
        ],
    }
