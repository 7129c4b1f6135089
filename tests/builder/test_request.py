"""What a build is asked for, and how the manifest keeps it."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from vrom.builder.document import Origin
from vrom.builder.manifest import add_build_record, make_manifest
from vrom.builder.read_sources import ReadResult
from vrom.builder.request import BuildRequest
from vrom.errors import BuildError


def request(**changes) -> BuildRequest:
    return BuildRequest.model_validate({"vrom_id": "guide", "sources": ["docs"]} | changes)


@pytest.mark.parametrize(
    ("url", "prefix", "source_file", "expected"),
    [
        ("", "", "a/b.md", ""),
        ("https://docs.example", "", "a/b.md", "https://docs.example/a/b"),
        ("https://docs.example/", "", "a/b.md", "https://docs.example/a/b"),
        ("https://docs.example", "lib", "lib/a/b.md", "https://docs.example/a/b"),
        ("https://docs.example", "/lib/", "lib/lib/b.md", "https://docs.example/lib/b"),
        ("https://docs.example", "", "v1.2/README", "https://docs.example/v1.2/README"),
        ("https://docs.example/{path}.html#top", "", "a/b.md", "https://docs.example/a/b.html#top"),
        ("https://code.example/blob/v1/{file}", "", "a/b.md", "https://code.example/blob/v1/a/b.md"),
        ("https://docs.example", "", "a b/größe?.md", "https://docs.example/a%20b/gr%C3%B6%C3%9Fe%3F"),
        ("https://docs.example", "", "{file}.md", "https://docs.example/%7Bfile%7D"),
    ],
)
def test_addresses_of_pages(url, prefix, source_file, expected):
    assert request(url=url, prefix=prefix).url_of(source_file) == expected


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ({"sources": ["docs", "README.md"]}, "docs, README.md"),
        ({"url": "https://docs.example"}, "https://docs.example"),
        ({"url": "https://code.example/blob/{file}"}, "https://code.example/blob/"),
    ],
)
def test_where_the_documentation_comes_from(changes, source):
    assert request(**changes).source == source


@pytest.mark.parametrize(
    "changes", [{"vrom_id": "../x"}, {"vrom_id": ""}, {"sources": []}, {"target": 0}, {"colour": "blue"}]
)
def test_what_cannot_be_is_refused(changes):
    with pytest.raises(ValidationError):
        request(**changes)


@pytest.mark.parametrize(
    ("given", "origins", "expected"),
    [
        ("", [], "unknown"),
        ("2.0.0", [Origin("package:x", version="3.1.4")], "2.0.0"),
        ("", [Origin("git:x", commit="abc"), Origin("package:x", version="3.1.4")], "3.1.4"),
    ],
)
def test_the_version_is_that_of_what_is_read_unless_one_is_given(given, origins, expected):
    assert request(version=given).version_of(origins) == expected


def test_a_request_can_be_had_back_from_the_manifest():
    asked = request(
        version="2.1.0", name="The guide", description="What it is", prefix="p", url="https://x.example", target=128,
        seed=3, config={"m": 8, "m_max0": 16}, crawl=True, include=["*/guide/*"], max_pages=7,
    )  # fmt: skip
    manifest = add_build_record(
        make_manifest(asked, "2.1.0", [], datetime.now(UTC)), asked, ReadResult([], [], []), "digest"
    )
    again = type(manifest).model_validate_json(manifest.model_dump_json())
    assert BuildRequest.of(again) == asked


@pytest.mark.parametrize(
    "record", [None, {}, {"request": None}, {"request": {"sources": []}}, {"request": {"x": 1}}, 3]
)
def test_a_manifest_that_does_not_tell_is_named_with_what_to_do(record):
    manifest = make_manifest(request(), "1.0.0", [], datetime.now(UTC)).model_copy(update={"build": record})
    with pytest.raises(BuildError, match=r"does not record how it was built.*vrom build SOURCE --id guide"):
        BuildRequest.of(manifest)
