"""`vrom load REGISTRY`, also with `--follow`: processes side by side, and what is left of one that is killed."""

import json
import os
import signal
import subprocess
import sys

import pytest

from vrom.registry.publish.publish import publish

pytestmark = pytest.mark.slow
COUNT = 6


@pytest.fixture
def environment(tmp_path, url, connection):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VROM_")}
    home = {"VROM_HOME": str(tmp_path / "home"), "VROM_STORE": url, "COLUMNS": "200"}
    return {**kept, **home, "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def registry(make_packages, tmp_path):
    for folder in sorted(make_packages(COUNT).iterdir()):
        publish(folder, tmp_path / "registry")
    return tmp_path / "registry"


@pytest.fixture
def start(environment, tmp_path):
    """Start `vrom load`; what it says is in the file `log`."""
    started = []

    def make(*words):
        log = tmp_path / f"log-{len(started)}"
        with log.open("w") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "vrom", "load", *map(str, words)], env=environment, stdout=stream, stderr=stream
            )
        process.log = log
        started.append(process)
        return process

    yield make
    for process in started:
        process.kill()
        process.wait()


def counts(connection):
    """Rows of the catalogue, versions that are live, and chunks."""
    return connection.execute(
        "SELECT count(*), count(DISTINCT (id, version)) FILTER (WHERE retired IS NULL), "
        "(SELECT count(*) FROM vrom.texts) FROM vrom.cartridges"
    ).fetchone()


def blocked(connection):
    """Processes of the server that load, and wait for a lock."""
    rows = connection.execute(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'vrom load' AND wait_event_type = 'Lock'"
    ).fetchall()
    return [row[0] for row in rows]


def test_of_two_workers_one_is_killed_in_the_middle_and_everything_is_loaded_exactly_once(
    start, registry, connection, url, wait_until
):
    from vrom.store.postgres.database import connect

    with connect(url) as holder:
        with holder.transaction():
            holder.execute("LOCK TABLE vrom.texts IN EXCLUSIVE MODE")  # holds both in the middle of a load
            workers = [start(registry, "--follow", "--interval", "1") for _ in range(2)]
            wait_until(lambda: len(blocked(connection)) == 2)
            workers[0].send_signal(signal.SIGKILL)
            workers[0].wait()
            assert counts(connection) == (0, 0, 0)
        wait_until(lambda: counts(connection)[1] == COUNT)
    late = start(registry)
    assert late.wait(120) == 0
    assert "Everything that is listed is loaded." in late.log.read_text()
    assert counts(connection) == (COUNT, COUNT, 2 * COUNT)
    workers[1].send_signal(signal.SIGTERM)
    assert workers[1].wait(120) == 0
    said = workers[1].log.read_text()
    assert said.count(": loaded, 2 chunks") == COUNT
    assert said.rstrip().endswith("Stopped.")
    assert "Traceback" not in said + workers[0].log.read_text()


def test_two_workers_share_the_work_and_do_none_of_it_twice(start, registry, connection, url, wait_until):
    from vrom.store.postgres.database import connect

    with connect(url) as holder, holder.transaction():
        holder.execute("LOCK TABLE vrom.texts IN EXCLUSIVE MODE")  # so that both begin before either is done
        workers = [start(registry) for _ in range(2)]
        wait_until(lambda: len(blocked(connection)) == 2)
    assert [worker.wait(120) for worker in workers] == [0, 0]
    said = "".join(worker.log.read_text() for worker in workers)
    assert said.count(": loaded, 2 chunks") == COUNT
    assert "unchanged" not in said


def test_a_follower_takes_what_is_new_and_stops_in_the_middle_without_a_trace(
    start, registry, connection, url, wait_until, make_package
):
    from vrom.store.postgres.database import connect

    follower = start(registry, "--follow", "--interval", "1")
    wait_until(lambda: counts(connection)[1] == COUNT)
    publish(make_package("kettle", {"kettle.md": ["# Kettle\n\nFill it."]}), registry)
    wait_until(lambda: counts(connection)[1] == COUNT + 1)
    with connect(url) as holder, holder.transaction():
        holder.execute("LOCK TABLE vrom.texts IN EXCLUSIVE MODE")
        publish(make_package("toaster", {"toaster.md": ["# Toaster\n\nPut bread in."]}), registry)
        wait_until(lambda: blocked(connection))
        follower.send_signal(signal.SIGTERM)  # a shell may have told its background jobs to ignore SIGINT
        assert follower.wait(120) == 0
    assert counts(connection)[:2] == (COUNT + 1, COUNT + 1)
    assert follower.log.read_text().rstrip().endswith("Stopped.")
    assert "Traceback" not in follower.log.read_text()


def test_once_everything_is_loaded_the_command_ends(start, registry, connection):
    first = start(registry, "--only", "cartridge-[0-3]", "--json")
    assert first.wait(120) == 0
    report = json.loads(first.log.read_text())
    assert [one["state"] for one in report["cartridges"]] == ["loaded"] * 4
    assert counts(connection)[1] == 4
    again = start(registry / "registry.json", "--only", "cartridge-[0-3]@1.*")
    assert again.wait(120) == 0
    assert "Everything that is listed is loaded." in again.log.read_text()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--follow", "--json"], "works with registries only, and without --json"),
        (["../cartridges", "--follow"], "works with registries only"),
        (["--interval", "0"], "--interval"),
    ],
)
def test_what_makes_no_sense_is_refused(start, registry, words, expected):
    refused = start(registry, *words)
    assert refused.wait(120) == 2
    assert expected in refused.log.read_text()
