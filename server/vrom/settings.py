"""Settings from environment variables: folders, registries, limits. Only this module reads the environment."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from vrom.errors import InvalidArgumentError
from vrom.format.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True)
class Settings:
    """Folders, registries and limits that vrom uses."""

    home: Path
    """`$VROM_HOME`, default `~/.vrom`: pulled packages, models, caches."""
    roots: tuple[Path, ...]
    """Folders searched for cartridges, in order of precedence: each is a package, or has packages as sub-folders."""
    token_list: str = ""
    """`$VROM_TOKENS`: hashes of bearer tokens accepted over HTTP, in addition to the file `tokens`."""
    tracing: bool = False
    """True if an OpenTelemetry collector is configured (`$OTEL_EXPORTER_OTLP_ENDPOINT` or its `_TRACES_` variant)."""
    registries: tuple[str, ...] = ()
    """`$VROM_REGISTRY`: addresses of registries, in order of precedence; empty for the official one."""
    api_key: str = field(default="", repr=False)
    """`$VROM_API_KEY`: sent as `x-api-key` to `registries` and to those named on the command line."""
    limits: Limits = DEFAULT_LIMITS
    """`$VROM_MAX_PACKAGE`, `$VROM_MAX_MEMORY`, `$VROM_MAX_SECONDS`: limits for reading one package."""
    max_download: int = 4_000_000_000
    """`$VROM_MAX_DOWNLOAD`: maximum bytes of one downloaded file."""
    store: str = field(default="", repr=False)
    """`$VROM_STORE`, or what the file `$VROM_STORE_FILE` holds: address of a database of cartridges."""
    source_date_epoch: str = ""
    """`$SOURCE_DATE_EPOCH`, see `build_time`."""
    environments: tuple[Path, ...] = ()
    """`$UV_PROJECT_ENVIRONMENT`, `$VIRTUAL_ENV`, `$CONDA_PREFIX`: Python environments that may be the project's."""
    follows_project: bool = False
    """True if no folder of cartridges was named, so that searches are about what the project locks."""
    project: Path = Path()
    """Folder of the project that vrom works for: `$CLAUDE_PROJECT_DIR`, which hosts set, else the current folder."""
    names_project: bool = False
    """True if the project's folder was named, by `$CLAUDE_PROJECT_DIR` or on the command line."""
    cargo: Path = Path()
    """`$CARGO_HOME`, default `~/.cargo`."""
    go: Path = Path()
    """`$GOMODCACHE`, default `pkg/mod` in `$GOPATH`, default `~/go`."""
    uv_cache: Path = Path()
    """`$UV_CACHE_DIR`, default `~/.cache/uv`."""
    uv: str = "uv"
    """Path of uv, which sets `$UV` for its child processes; used if pip can't reach the package index."""

    @property
    def models(self) -> Path:
        """Folder of model files."""
        return self.home / "models"

    @property
    def cache(self) -> Path:
        """Folder of indexes, downloads and other derived files: safe to delete, recreated when needed."""
        return self.home / "cache"

    @property
    def builds(self) -> Path:
        """Folder with a record of each package built on this machine."""
        return self.home / "builds"

    @property
    def evaluation(self) -> Path:
        """Folder of questions kept for evaluations, and of their results."""
        return self.home / "evaluation"

    @property
    def tokens(self) -> Path:
        """File of bearer token hashes."""
        return self.home / "tokens"

    @property
    def vroms(self) -> Path:
        """Folder to which `vrom pull` and `vrom build` write packages, as the format's own clients do."""
        return self.home / "vroms"

    @property
    def build_time(self) -> datetime | None:
        """The creation time to record in builds, for byte-identical packages; None for the current time.

        Raises `InvalidArgumentError` if the variable isn't a number of seconds since 1970.
        """
        if not self.source_date_epoch:
            return None
        try:
            return datetime.fromtimestamp(int(self.source_date_epoch), UTC)
        except (ValueError, OverflowError, OSError) as error:
            given = self.source_date_epoch[:40]
            raise InvalidArgumentError(
                f"SOURCE_DATE_EPOCH is {given!r}, expected a number of seconds since 1970-01-01."
            ) from error

    @property
    def keys(self) -> Path:
        """Folder of the keys for signing registries."""
        return self.home / "keys"


_ENVIRONMENTS = ("UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV", "CONDA_PREFIX")


def read_settings(
    cartridges: Sequence[Path] = (), environment: Mapping[str, str] = os.environ, project: Path | None = None
) -> Settings:
    """Settings from the environment.

    `cartridges` (from the command line), else `VROM_CARTRIDGES`, are the only roots; without either, the roots are the
    project's `.vrom/cartridges`, `home / "vroms"`, and the cartridges bundled with vrom. `project` defaults to
    `CLAUDE_PROJECT_DIR`, which the host sets, else to the folder that vrom was called in.
    """
    home = Path(environment.get("VROM_HOME") or "~/.vrom").expanduser().absolute()
    named = [Path(part).expanduser() for part in environment.get("VROM_CARTRIDGES", "").split(os.pathsep) if part]
    named_project = project or environment.get("CLAUDE_PROJECT_DIR")
    project = Path(named_project or _called_in(home, environment))
    found = [project / ".vrom" / "cartridges", home / "vroms", bundled_cartridges()]
    roots = [path.expanduser() for path in cartridges] or named or found
    unique_roots = tuple(dict.fromkeys(root for root in map(_absolute, roots) if root))
    collectors = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    return Settings(
        home=home,
        roots=unique_roots,
        token_list=environment.get("VROM_TOKENS", ""),
        tracing=any(environment.get(name) for name in collectors),
        registries=tuple(environment.get("VROM_REGISTRY", "").replace(",", " ").split()),
        api_key=environment.get("VROM_API_KEY", ""),
        limits=Limits(
            file_bytes=_number(environment.get("VROM_MAX_PACKAGE", "")) or Limits.file_bytes,
            memory=_number(environment.get("VROM_MAX_MEMORY", "")) or Limits.memory,
            seconds=_number(environment.get("VROM_MAX_SECONDS", "")) or Limits.seconds,
        ),
        max_download=_number(environment.get("VROM_MAX_DOWNLOAD", "")) or Settings.max_download,
        store=environment.get("VROM_STORE", "") or _content(environment.get("VROM_STORE_FILE", "")),
        source_date_epoch=environment.get("SOURCE_DATE_EPOCH", ""),
        environments=tuple(Path(environment[name]) for name in _ENVIRONMENTS if environment.get(name)),
        follows_project=not (cartridges or named),
        project=_absolute(project) or project,
        names_project=bool(named_project),
        cargo=Path(environment.get("CARGO_HOME") or "~/.cargo").expanduser(),
        go=_go_module_cache(environment),
        uv_cache=Path(environment.get("UV_CACHE_DIR") or "~/.cache/uv").expanduser(),
        uv=environment.get("UV") or "uv",
    )


def _called_in(home: Path, environment: Mapping[str, str]) -> Path:
    """The folder that vrom was called in: the current one, unless that is vrom's own.

    `uv --directory CHECKOUT run vrom` changes to the checkout, and a bundle is started in its own folder; what vrom
    itself locks is about nobody's project then. The caller's folder is still in `PWD`; if not, it is unknown, and
    `home` stands for a folder that locks nothing.
    """
    here, own = Path(), Path(__file__).parent
    try:
        if (here / "server" / "vrom").resolve() != own.resolve():
            return here
    except OSError:
        return here
    before = Path(environment.get("PWD", ""))
    return before if before.is_absolute() and before.is_dir() else home


def _content(file: str) -> str:
    """First line of a file; empty without one. Raises `InvalidArgumentError` if it can't be read."""
    if not file:
        return ""
    try:
        return Path(file).expanduser().read_text("utf-8").strip().partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidArgumentError(f"VROM_STORE_FILE: {file} can't be read.") from error


def _go_module_cache(environment: Mapping[str, str]) -> Path:
    workspace = Path(environment.get("GOPATH") or "~/go")
    return Path(environment.get("GOMODCACHE") or workspace / "pkg" / "mod").expanduser()


def _absolute(path: Path) -> Path | None:
    """The absolute path; None if it is relative to a working folder that is gone."""
    try:
        return path.absolute()
    except FileNotFoundError:
        return None


def _number(text: str) -> int:
    """A non-negative integer; 0 if `text` isn't one."""
    return int(text) if text.isascii() and text.isdigit() else 0


def bundled_cartridges() -> Path:
    """The folder of bundled cartridges: inside the wheel, or at the top of a checkout."""
    package = Path(__file__).parent
    installed = package / "cartridges"
    return installed if installed.is_dir() else package.parent.parent / "cartridges"


@dataclass(frozen=True)
class HostFolders:
    """Configuration folders of hosts, the programs that start vrom."""

    home: Path
    """The user's home folder."""
    applications: Path
    """Settings of desktop programs: `~/Library/Application Support`, `%APPDATA%`, or `$XDG_CONFIG_HOME`."""
    claude: Path
    """`$CLAUDE_CONFIG_DIR`, default `~`."""
    codex: Path
    """`$CODEX_HOME`, default `~/.codex`."""
    gemini: Path
    """`.gemini` in `$GEMINI_CLI_HOME`, default `~`."""
    copilot: Path
    """`$COPILOT_HOME`, default `~/.copilot`."""
    config: Path
    """`$XDG_CONFIG_HOME`, default `~/.config`, of programs that use it on every system."""
    zed: Path
    """Settings of Zed: `zed` in `config`, on Windows `Zed` in `applications`; on macOS always `~/.config/zed`."""
    project: Path
    """The project folder: `$CLAUDE_PROJECT_DIR`, default the current folder."""


def read_host_folders(
    environment: Mapping[str, str] = os.environ, project: Path | None = None, platform: str = sys.platform
) -> HostFolders:
    """The configuration folders of hosts, for a value of `sys.platform`."""
    home = Path(environment.get("USERPROFILE" if platform == "win32" else "HOME") or Path.home())
    project = project or Path(environment.get("CLAUDE_PROJECT_DIR") or _called_in(home, environment))
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    applications = {
        "darwin": home / "Library" / "Application Support",
        "win32": Path(environment.get("APPDATA") or home / "AppData" / "Roaming"),
    }.get(platform, config)
    return HostFolders(
        home=home,
        applications=applications,
        claude=Path(environment.get("CLAUDE_CONFIG_DIR") or home),
        codex=Path(environment.get("CODEX_HOME") or home / ".codex"),
        gemini=Path(environment.get("GEMINI_CLI_HOME") or home) / ".gemini",
        copilot=Path(environment.get("COPILOT_HOME") or home / ".copilot"),
        config=config,
        zed={"darwin": home / ".config" / "zed", "win32": applications / "Zed"}.get(platform, config / "zed"),
        project=_absolute(project) or project,
    )


def package_index_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that say where packages come from: uv's, and the places of configuration and credentials."""
    named = ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "NETRC")
    return {name: value for name, value in environment.items() if name in named or name.startswith("UV_")}


def server_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The set variables that locate vrom's files, as absolute paths: hosts don't pass on a shell's variables."""
    given = {name: environment.get(name, "") for name in ("VROM_HOME", "VROM_CARTRIDGES")}
    return {
        name: os.pathsep.join(str(Path(part).expanduser().absolute()) for part in value.split(os.pathsep) if part)
        for name, value in given.items()
        if value
    }
