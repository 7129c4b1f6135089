"""A registry's document is a stranger's file, too."""

import json

import pytest
from pydantic import ValidationError

from vrom.errors import HubError
from vrom.registry import registry_json as document
from vrom.registry.registry_json import parse_document

ENTRY = {"id": "kettle", "version": "1.0.0", "files": {"manifest": "m.json", "index": "i.json"}}


def parsed(*entries, **keys):
    return parse_document(json.dumps({"vroms": list(entries), **keys}).encode(), "https://a.example")


def test_an_entry_that_cannot_be_read_is_left_out_and_counted():
    read = parsed(ENTRY, {**ENTRY, "id": "../kettle"}, 7)
    assert ([entry.id for entry in read.vroms], read.unreadable) == (["kettle"], 2)


def test_a_list_of_nonsense_is_no_registry():
    assert parsed(ENTRY, *[0] * document.MOST_UNREADABLE).unreadable == document.MOST_UNREADABLE
    with pytest.raises(HubError, match="is not a registry: more than 1000 of its entries"):
        parsed(ENTRY, *[0] * (document.MOST_UNREADABLE + 1))


@pytest.mark.parametrize("key", ["tags", "versions", "files", "digests", "compressed"])
def test_mistakes_by_the_million_are_told_by_the_first(key):
    """Each would take half a kilobyte."""
    mistakes = dict.fromkeys(map(str, range(5)), 0) if key in {"files", "digests", "compressed"} else [0] * 5
    with pytest.raises(ValidationError) as failure:
        document.Entry.model_validate({**ENTRY, key: mistakes})
    assert failure.value.error_count() == 1


def test_what_would_take_too_much_memory_is_not_parsed(monkeypatch):
    monkeypatch.setattr(document, "MOST_MEMORY", 100_000)
    assert parsed(ENTRY)
    with pytest.raises(HubError, match=r"needs more than 100,000 bytes of memory"):
        parsed(ENTRY, extra=[[]] * 2000)
