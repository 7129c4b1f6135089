"""Requests that were built on this machine are told from those that a manifest brings."""

import pytest

from vrom.builder.local_builds import note_local_build, was_built_here
from vrom.builder.request import BuildRequest

REQUEST = BuildRequest(vrom_id="tea", sources=("docs",))


def test_a_recorded_request_is_recognised_in_its_folder_only(tmp_path):
    note_local_build(tmp_path / "builds", tmp_path / "tea", REQUEST)
    assert was_built_here(tmp_path / "builds", tmp_path / "tea", REQUEST)
    assert was_built_here(tmp_path / "builds", tmp_path / "x" / ".." / "tea", REQUEST)
    assert not was_built_here(tmp_path / "builds", tmp_path / "other", REQUEST)


@pytest.mark.parametrize("changed", [{"sources": ("docs", "/etc")}, {"allow_private": True}, {"prefix": "p"}])
def test_any_change_of_the_request_is_another_request(tmp_path, changed):
    note_local_build(tmp_path / "builds", tmp_path / "tea", REQUEST)
    assert not was_built_here(tmp_path / "builds", tmp_path / "tea", REQUEST.model_copy(update=changed))


def test_without_a_record_nothing_was_built_here(tmp_path):
    assert not was_built_here(tmp_path / "builds", tmp_path / "tea", REQUEST)


def test_a_record_that_is_no_text_is_no_record(tmp_path):
    note_local_build(tmp_path / "builds", tmp_path / "tea", REQUEST)
    for file in (tmp_path / "builds").iterdir():
        file.write_bytes(b"\xff\xfe")
    assert not was_built_here(tmp_path / "builds", tmp_path / "tea", REQUEST)
