"""Members of a workspace: the folders of a repository that hold the project's own packages.

Sources: https://docs.astral.sh/uv/concepts/projects/workspaces/, https://docs.npmjs.com/cli/using-npm/workspaces,
https://pnpm.io/pnpm-workspace_yaml, https://doc.rust-lang.org/cargo/reference/workspaces.html.
"""

from collections.abc import Iterator
from pathlib import Path

from vrom.errors import VromError
from vrom.project.locks.lock import read_text
from vrom.project.locks.untrusted import mapping, parse_json, parse_yaml, read_toml, strings
from vrom.project.locks.workspace import ROOT, find_members, with_excluded
from vrom.project.roots import folders_above

_MOST_MEMBERS = 200


def members_of(root: Path) -> list[Path]:
    """Find the folders of the members of the workspace whose root is `root`; empty if it isn't one."""
    found: dict[str, None] = {}
    for manifest, patterns in _patterns(root):
        found |= dict.fromkeys(find_members(root, patterns, manifest) if patterns else ())
    return [root / path for path in sorted(found)[:_MOST_MEMBERS] if path != ROOT]


def members_around(folder: Path) -> list[Path]:
    """Find the members of every workspace that a folder is the root or a part of, with their roots."""
    return [place for root in folders_above(folder) if (found := members_of(root)) for place in (root, *found)]


def _patterns(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Patterns of the members' folders, and the file that makes a folder a member. What can't be read has none."""
    for name, read in (
        ("pyproject.toml", _of_uv),
        ("package.json", _of_npm),
        ("pnpm-workspace.yaml", _of_pnpm),
        ("Cargo.toml", _of_cargo),
    ):
        file = root / name
        if file.is_file():
            try:
                yield "package.json" if name.endswith(".yaml") else name, read(file)
            except (VromError, ImportError):  # the second without PyYAML
                continue


def _of_uv(file: Path) -> list[str]:
    return with_excluded(mapping(mapping(mapping(read_toml(file).get("tool")).get("uv")).get("workspace")))


def _of_cargo(file: Path) -> list[str]:
    return with_excluded(mapping(read_toml(file).get("workspace")))


def _of_npm(file: Path) -> list[str]:
    listed = parse_json(file, read_text(file)).get("workspaces")
    return strings(listed.get("packages") if isinstance(listed, dict) else listed)


def _of_pnpm(file: Path) -> list[str]:
    return strings(parse_yaml(file, read_text(file)).get("packages"))
