"""The only reader of the environment: where things are, and what is allowed."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where vrom keeps and finds things."""

    home: Path
    """`$VROM_HOME`, default `~/.vrom`: pulled packages, models, caches."""
    roots: tuple[Path, ...]
    """Folders searched for cartridges, the first wins: each is one package, or holds packages as sub-folders."""
    uv: str = "uv"
    """The uv command, which names itself in `UV` for what it runs; asked where pip can't reach the package index."""

    @property
    def models(self) -> Path:
        """Where model files are kept."""
        return self.home / "models"

    @property
    def cache(self) -> Path:
        """Indexes made from packages: safe to delete, made again when needed."""
        return self.home / "cache"

    @property
    def vroms(self) -> Path:
        """Where `vrom pull` and `vrom build` put packages, as the format's own clients do."""
        return self.home / "vroms"


def read_settings(
    cartridges: Sequence[Path] = (), environment: Mapping[str, str] = os.environ, project: Path | None = None
) -> Settings:
    """Settings from the environment.

    `cartridges` (from the command line), else `VROM_CARTRIDGES`, name the only roots; without them, cartridges are
    found in the project's `.vrom/cartridges`, in `home / "vroms"`, and among those that come with vrom. `project` is
    by default the folder that the host names (`CLAUDE_PROJECT_DIR`), else the current one.
    """
    home = Path(environment.get("VROM_HOME") or "~/.vrom").expanduser().absolute()
    named = [Path(part).expanduser() for part in environment.get("VROM_CARTRIDGES", "").split(os.pathsep) if part]
    project = project or Path(environment.get("CLAUDE_PROJECT_DIR") or ".")
    found = [project / ".vrom" / "cartridges", home / "vroms", bundled_cartridges()]
    roots = [path.expanduser() for path in cartridges] or named or found
    unique_roots = tuple(dict.fromkeys(root.absolute() for root in roots))
    return Settings(home=home, roots=unique_roots, uv=environment.get("UV") or "uv")


def bundled_cartridges() -> Path:
    """The folder of cartridges that come with vrom: inside the wheel, or at the top of a checkout."""
    package = Path(__file__).parent
    installed = package / "cartridges"
    return installed if installed.is_dir() else package.parent.parent / "cartridges"
