from pathlib import Path

import pytest

from vrom.embedding.model_record import RECORD_FILE, ModelRecord, describe, read_record, verify
from vrom.errors import ModelBrokenError, ModelMissingError


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = tmp_path / "model"
    (folder / "onnx").mkdir(parents=True)
    (folder / "onnx" / "model.onnx").write_bytes(b"graph" * 100)
    (folder / "tokenizer.json").write_bytes(b"{}")
    record = ModelRecord(model="a/b", quantization="q8", origin="a test", files=describe(folder))
    (folder / RECORD_FILE).write_text(record.model_dump_json())
    return folder


def check(folder: Path) -> ModelRecord:
    record = read_record(folder)
    verify(folder, record)
    return record


def test_a_whole_folder_is_accepted(folder):
    record = check(folder)
    assert set(record.files) == {"onnx/model.onnx", "tokenizer.json"}
    assert record.size == 502


def test_the_digest_names_the_files_and_nothing_else(folder):
    record = check(folder)
    assert record.model_copy(update={"origin": "elsewhere"}).digest == record.digest
    (folder / "tokenizer.json").write_bytes(b"[]")
    assert record.model_copy(update={"files": describe(folder)}).digest != record.digest


DAMAGES = {
    "a file is gone": lambda folder: (folder / "tokenizer.json").unlink(),
    "a file is cut short": lambda folder: (folder / "onnx" / "model.onnx").write_bytes(b"graph"),
    "a file is longer": lambda folder: (folder / "tokenizer.json").write_bytes(b"{} "),
    "one bit differs": lambda folder: (folder / "tokenizer.json").write_bytes(b"{|"),
    "a folder in place of a file": lambda folder: (
        (folder / "tokenizer.json").unlink(),
        (folder / "tokenizer.json").mkdir(),
    ),
    "the record is empty": lambda folder: (folder / RECORD_FILE).write_bytes(b""),
    "the record is not JSON": lambda folder: (folder / RECORD_FILE).write_bytes(b"\xff\xfe{"),
    "the record is a list": lambda folder: (folder / RECORD_FILE).write_text("[]"),
    "the record lacks the files": lambda folder: (folder / RECORD_FILE).write_text('{"model": "a/b"}'),
    "the record is of a later version": lambda folder: replace(folder, '"version":1', '"version":2'),
    "the record has a false digest": lambda folder: replace(folder, '"sha256":"', '"sha256":"x'),
    "the record names a file elsewhere": lambda folder: replace(folder, "tokenizer.json", "../model/tokenizer.json"),
    "the record names an absolute path": lambda folder: replace(
        folder, '"tokenizer.json"', f'"{folder / "tokenizer.json"}"'
    ),
}


def replace(folder: Path, old: str, new: str) -> None:
    text = (folder / RECORD_FILE).read_text()
    assert old in text
    (folder / RECORD_FILE).write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_found_and_the_remedy_named(folder, damage):
    damage(folder)
    with pytest.raises(ModelBrokenError, match="vrom model pull"):
        check(folder)


def test_a_folder_without_a_record_holds_no_model(folder):
    (folder / RECORD_FILE).unlink()
    with pytest.raises(ModelMissingError, match="vrom model pull"):
        read_record(folder)
    with pytest.raises(ModelMissingError):
        read_record(folder / "nowhere")
