"""The git command: what ends it."""

import socket

import pytest

from vrom.builder.sources.git.command import Git, UnreachableError
from vrom.storage.waiting import ended_by


class EndedError(BaseException):
    """What a check raises."""


@pytest.fixture
def silent():
    """A server that accepts connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield server


@pytest.fixture
def repository(tmp_path):
    found = Git(tmp_path / "repository", "silent")
    found.run("init", "--bare", "--quiet", str(found.directory))
    return found


def address_of(server):
    return f"git://127.0.0.1:{server.getsockname()[1]}/docs"


def is_closed(connection):
    """Read all that was sent; true once the other side has ended."""
    connection.settimeout(60)
    while connection.recv(4096):
        pass
    return True


def test_a_fetch_and_its_children_end_where_the_check_of_the_wait_raises(repository, silent):
    connections = []

    def end_once_it_waits():
        connections.append(silent.accept()[0])
        raise EndedError

    with ended_by(end_once_it_waits), pytest.raises(EndedError):
        repository.run("fetch", address_of(silent))
    with connections[0] as connection:
        assert is_closed(connection)


def test_a_fetch_that_is_not_answered_in_time_ends(repository, silent):
    with pytest.raises(UnreachableError, match="no answer within 0 s"):
        repository._replace(seconds=0.1).run("fetch", address_of(silent))


def test_a_check_that_raises_nothing_lets_a_command_go_on(repository):
    with ended_by(lambda: None):
        assert repository.run("hash-object", "-t", "blob", "--stdin", given=b"tea").strip()
