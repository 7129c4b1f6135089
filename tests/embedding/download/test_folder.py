import shutil

import pytest

from vrom.embedding.download.folder import fetch
from vrom.embedding.model_record import sha256_of
from vrom.embedding.recipes import DEFAULT_SPEC, resolve, spec_for
from vrom.errors import ModelBrokenError, ModelMissingError

Q8 = resolve(DEFAULT_SPEC)
FP32 = resolve(spec_for("all-MiniLM-L6-v2", "fp32"))
TOKENIZER = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


@pytest.fixture
def source(tmp_path, model_folder):
    """A folder with the tokenizer, and no model yet."""
    folder = tmp_path / "source"
    folder.mkdir()
    for name in TOKENIZER:
        shutil.copyfile(model_folder / name, folder / name)
    return folder


def put(source, path, content=b"onnx"):
    (source / path).parent.mkdir(exist_ok=True)
    (source / path).write_bytes(content)


@pytest.mark.parametrize(
    ("recipe", "path"),
    [
        (Q8, "onnx/model_quantized.onnx"),
        (Q8, "model_quantized.onnx"),
        (Q8, "model.onnx"),
        (FP32, "onnx/model.onnx"),
        (FP32, "model.onnx"),
    ],
)
def test_a_ready_model_is_copied(source, into, recipe, path):
    put(source, path)
    provenance = fetch(recipe, into, source)
    assert (into / "model.onnx").read_bytes() == b"onnx"
    assert {file.name for file in into.iterdir()} == {"model.onnx", *TOKENIZER}
    assert provenance.upstream == {path: sha256_of(source / path)}
    assert str(source) in provenance.origin


def test_the_quantised_file_is_preferred_where_both_are(source, into):
    put(source, "onnx/model.onnx", b"fp32")
    put(source, "onnx/model_quantized.onnx", b"q8")
    fetch(Q8, into, source)
    assert (into / "model.onnx").read_bytes() == b"q8"


def test_a_tokenizer_beside_the_model_file_is_found(source, into, tmp_path):
    source.rename(tmp_path / "onnx")
    put(tmp_path, "onnx/model.onnx")
    fetch(FP32, into, tmp_path)
    assert (into / "tokenizer.json").is_file()


@pytest.mark.slow
def test_weights_are_converted(weights_folder, model_files, into):
    fetch(Q8, into, weights_folder)
    assert sha256_of(into / "model.onnx") == sha256_of(model_files["q8"])


def test_a_folder_of_another_store_is_copied(model_folder, into):
    fetch(Q8, into, model_folder)
    assert sha256_of(into / "model.onnx") == sha256_of(model_folder / "model.onnx")


def test_a_folder_that_holds_the_other_form_is_refused(model_folder, into):
    with pytest.raises(ModelBrokenError, match="contains a q8 model, expected fp32"):
        fetch(FP32, into, model_folder)


def test_a_folder_without_a_model_is_refused_with_the_names_tried(source, into):
    with pytest.raises(ModelMissingError, match=r"contains none of onnx/model_quantized\.onnx, .*model\.safetensors"):
        fetch(Q8, into, source)


def test_what_is_not_a_folder_is_refused(tmp_path, into):
    with pytest.raises(ModelMissingError, match="is not a folder"):
        fetch(Q8, into, tmp_path / "nowhere")


def test_weights_without_a_configuration_are_refused(source, into, weights_folder):
    (source / "config.json").unlink()
    (source / "model.safetensors").symlink_to(weights_folder / "model.safetensors")
    with pytest.raises(ModelBrokenError, match=r"cannot read .*config\.json"):
        fetch(Q8, into, source)
