"""Model in onnxruntime's layout for this machine's processor, stored in files that are memory-mapped.

Loading a model means reading its graph, simplifying it, and reordering the weights for the processor's instructions.
The result is stored: it loads in about half the time, and its weights are in memory once, however many processes
search (25 instead of 47 MB each for MiniLM, of which they share 9). Vectors are identical to the bit. This is tested
before the stored form is used; a model that can't be stored this way is loaded in its original form.
"""

import contextlib
import hashlib
import logging
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from vrom.embedding.embedder import Embedder
from vrom.embedding.fastembed_embedder import FastembedEmbedder
from vrom.embedding.model_record import RECORD_FILE, ModelRecord, describe, is_whole, read_record, verify
from vrom.embedding.native import import_onnxruntime
from vrom.embedding.onnx.processor import describe_processor
from vrom.embedding.onnx.session import is_precise, lay_out
from vrom.embedding.recipes import Recipe
from vrom.errors import ModelError
from vrom.storage.atomic import replacing, write_file

_log = logging.getLogger(__name__)

FOLDER = ".mapped"
"""Folder beside the models: its contents can be recreated and are specific to the machine."""
KEPT_DAYS = 30
"""Days after which an entry is removed when another is made: those of earlier onnxruntime versions are never used
again."""

_TRIED = "Does it give the same vectors?"
_ON_THE_WAY = "making"
"""Marker file that is alone in the folder during the conversion, and remains if that crashes the process."""
_TRIED_AGAIN_AFTER = 86400.0


def mapped_folder(models: Path, recipe: Recipe, record: ModelRecord) -> Path | None:
    """Folder of the mapped form of a model on this machine; None if it can't have one.

    The folder's name identifies the model, the version of onnxruntime, the type of processor and the kernels
    (precise or not).
    """
    processor = describe_processor()
    if not processor or recipe.model_file.endswith(".safetensors"):
        return None
    version = import_onnxruntime().__version__
    kernels = "\0precise" if is_precise() else ""
    key = hashlib.sha256(f"{record.digest}\0{version}\0{processor}{kernels}".encode()).hexdigest()
    return models / FOLDER / f"{recipe.folder}--{key[:16]}"


def open_mapped(folder: Path, recipe: Recipe, digest: str) -> Embedder | None:
    """Open and verify the mapped model in `folder`, with `digest` as its digest; None if it is missing or broken."""
    try:
        record = read_record(folder)
        with ThreadPoolExecutor(1, thread_name_prefix="vrom-verify") as beside:
            whole = beside.submit(verify, folder, record)  # takes as long as loading
            embedder = FastembedEmbedder(folder, recipe, digest, is_laid_out=True)
            whole.result()
    except ModelError:
        return None
    return embedder


def make_mapped(folder: Path, model: Path, recipe: Recipe, record: ModelRecord, embedder: Embedder) -> None:
    """Convert the model in the folder `model`, loaded as `embedder`, to its mapped form in `folder`.

    If that fails, nothing is raised, and the next attempt is made a day later.
    """
    from filelock import FileLock, Timeout

    with contextlib.suppress(OSError, Timeout):
        folder.parent.mkdir(exist_ok=True)
        with FileLock(folder.with_name(f".{folder.name}.lock"), timeout=0):
            if is_whole(folder) or _was_tried(folder):
                return
            with replacing(folder) as marked:
                write_file(marked / _ON_THE_WAY, [])
            try:
                with replacing(folder) as new:
                    _lay_out(new, model, recipe, record)
                    _compare(new, recipe, record, embedder)
            except ModelError as error:
                _log.info("Loading %s without a mapped form: %s", recipe, error)
            _remove_old(folder.parent)


def _lay_out(new: Path, model: Path, recipe: Recipe, record: ModelRecord) -> None:
    """Write the model in onnxruntime's optimised form, and beside it the other files that fastembed reads.

    Weights that the model keeps in files of their own are in the optimised form.
    """
    for path in record.files:
        (new / path).parent.mkdir(parents=True, exist_ok=True)
        if path not in (recipe.model_file, *recipe.companions):
            shutil.copyfile(model / path, new / path)
    try:
        lay_out(model / recipe.model_file, new / recipe.model_file)
    except Exception as error:  # onnxruntime raises its own exception types
        raise ModelError(f"onnxruntime cannot convert it: {error}") from error
    mapped = record.model_copy(update={"files": describe(new)})
    write_file(new / RECORD_FILE, [mapped.model_dump_json(indent=2).encode()])


def _compare(new: Path, recipe: Recipe, record: ModelRecord, embedder: Embedder) -> None:
    """Raise `ModelError` unless the mapped model gives the same vectors as `embedder`."""
    vectors = FastembedEmbedder(new, recipe, record.digest, is_laid_out=True).embed([_TRIED])
    if vectors.tobytes() != embedder.embed([_TRIED]).tobytes():
        raise ModelError("the mapped form returns different vectors")


def _was_tried(folder: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return time.time() - (folder / _ON_THE_WAY).stat().st_mtime < _TRIED_AGAIN_AFTER
    return False


def _remove_old(folder: Path) -> None:
    for old in folder.iterdir():
        if time.time() - old.stat().st_mtime > KEPT_DAYS * 86400:
            shutil.rmtree(old, ignore_errors=True)
