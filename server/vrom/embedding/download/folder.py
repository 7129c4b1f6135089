"""Model files from a local folder: ready-made ONNX, or the original weights."""

import shutil
from pathlib import Path

from vrom.embedding.download.onnx_export import convert
from vrom.embedding.download.provenance import Progress, Provenance, silent
from vrom.embedding.model_record import RECORD_FILE, read_record
from vrom.embedding.recipes import TOKENIZER_FILES, Recipe
from vrom.errors import ModelBrokenError, ModelMissingError
from vrom.storage.digest import sha256_of

WEIGHTS_FILE = "model.safetensors"


def fetch(recipe: Recipe, into: Path, source: Path, progress: Progress = silent) -> Provenance:
    """Copy or convert the model's files `into` an existing folder.

    `source` has the layout of the hub's repository, of a folder in the local store, or of a folder of weights. Raises
    `ModelMissingError` with the names tried if it is none of these, `ModelBrokenError` if it is another model.
    """
    if not source.is_dir():
        raise ModelMissingError(f"{source} is not a folder")
    _check_record(recipe, source)
    found = _find(recipe, source)
    progress(f"copying from {source}", 0, None)
    for name in (*TOKENIZER_FILES, *recipe.companions):
        beside = next((folder / name for folder in (source, found.parent) if (folder / name).is_file()), None)
        if beside:
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(beside, into / name)
    model_file = into / recipe.model_file
    model_file.parent.mkdir(parents=True, exist_ok=True)
    if found.name == WEIGHTS_FILE and recipe.quantization != "published":
        progress(f"converting to ONNX {recipe.quantization}", 0, None)
        convert(found, into / "config.json", model_file, recipe.quantization)
    else:
        shutil.copyfile(found, model_file)
    return Provenance(f"folder {source}", {found.relative_to(source).as_posix(): sha256_of(found)})


def _find(recipe: Recipe, source: Path) -> Path:
    """Model file, under any of its names. Weights are preferred to an ONNX file of unknown quantisation."""
    published = Path(recipe.published_file)
    names = [recipe.published_file, published.name]
    if recipe.weights:
        names = [*names, WEIGHTS_FILE, "onnx/model.onnx", "model.onnx"]
        if _record_quantization(source):
            names.insert(0, recipe.model_file)
    names = list(dict.fromkeys(names))
    for name in names:
        if (source / name).is_file():
            return source / name
    raise ModelMissingError(f"{source} contains none of {', '.join(names)}")


def _check_record(recipe: Recipe, source: Path) -> None:
    found = _record_quantization(source)
    if found and found != recipe.quantization:
        raise ModelBrokenError(f"{source} contains a {found} model, expected {recipe.quantization}")


def _record_quantization(source: Path) -> str | None:
    return read_record(source).quantization if (source / RECORD_FILE).is_file() else None
