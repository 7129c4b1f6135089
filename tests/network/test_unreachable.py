"""A host that can't be reached is not tried again for each of many files."""

import socket

import pytest

from vrom.errors import TransferError
from vrom.network.client import Network
from vrom.network.retry import tries
from vrom.network.unreachable import UnreachableHosts

LONG = "x" * 300


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def closed():
    """Host and port that refuse connections."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def network(pauses):
    made = Network(sleep=pauses.append, unreachable=UnreachableHosts("Use --offline."))
    yield made
    made.close()


def fetch(network, url):
    for attempt in tries(network.sleep):
        with attempt, network.get(url) as response:
            status = response.status_code
    return status


@pytest.mark.parametrize("place", ["closed", "name"])
def test_the_first_file_is_tried_twice_and_the_others_fail_at_once_in_one_sentence(network, pauses, closed, place):
    host = closed if place == "closed" else "nothing.invalid"
    for _ in range(3):
        with pytest.raises(TransferError) as caught:
            fetch(network, f"http://user:secret@{host}/{LONG}")
        assert str(caught.value) == f"{host} cannot be reached. Use --offline."
    assert len(pauses) == 2


def test_other_hosts_go_on_and_one_that_answers_is_no_longer_suspected(network, closed, site):
    site.files["/file"] = b"content"
    with pytest.raises(TransferError):
        fetch(network, f"http://{closed}/file")
    assert fetch(network, site.url("/file")) == 200
    hosts = UnreachableHosts("")
    for _ in range(3):
        hosts.note_failure("http://a/x")
        hosts.note_answer("http://a/y")
    hosts.check("http://a/z")


def test_waiting_for_a_connection_in_vain_is_enough_once():
    hosts = UnreachableHosts("Use --offline.")
    hosts.note_failure("http://a/x", is_final=True)
    with pytest.raises(TransferError, match="a cannot be reached"):
        hosts.check("http://a/y")


def test_a_proxy_that_can_t_be_reached_is_named(network, closed, pauses, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://{closed}")
    with pytest.raises(TransferError, match=r"^docs\.example cannot be reached through the proxy .* Use --offline\.$"):
        fetch(network, "http://docs.example/file")
    assert len(pauses) == 2


def test_without_being_asked_to_it_forgets(closed, pauses):
    with pytest.raises(TransferError, match="refused"):
        fetch(Network(sleep=pauses.append), f"http://{closed}/file")
    assert len(pauses) == 4
