"""A package on disk is in one state, whoever writes it and whenever the writer is killed."""

import random
import subprocess
import sys
import threading
import time

import pytest

from vrom.format.read import read_package

WRITE_FOREVER = """
import itertools, sys
from pathlib import Path
from vrom.format.read import read_package
from vrom.format.write import write_package
one, target = read_package(Path(sys.argv[1])), Path(sys.argv[2])
print("ready", flush=True)
for number in itertools.count():
    chunks = [chunk.model_copy(update={"text": f"state {number}"}) for chunk in one.chunks]
    manifest = one.manifest.model_copy(update={"description": f"state {number}"})
    write_package(target, manifest, one.vectors, chunks, one.graph)
"""


def assert_one_state(folder):
    read = read_package(folder)
    assert {chunk.text for chunk in read.chunks} == {read.manifest.description}


@pytest.mark.timeout(120)
@pytest.mark.slow
def test_a_reader_finds_one_state_whatever_moment_the_writer_is_killed_at(package, tmp_path):
    target = tmp_path / "written" / "guide"
    chance = random.Random(4)
    for _ in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITE_FOREVER, str(package), str(target)], stdout=subprocess.PIPE
        )
        try:
            writer.stdout.readline()
            while not target.exists():
                time.sleep(0.001)
            until = time.monotonic() + chance.uniform(0.0, 0.08)
            while time.monotonic() < until:
                assert_one_state(target)
        finally:
            writer.kill()
            writer.communicate()
        assert_one_state(target)


@pytest.mark.timeout(120)
def test_several_writers_end_with_the_state_of_one(package, tmp_path):
    one, target = read_package(package), tmp_path / "written" / "guide"

    def write(name):
        from vrom.format.write import write_package

        chunks = [chunk.model_copy(update={"text": name}) for chunk in one.chunks]
        manifest = one.manifest.model_copy(update={"description": name})
        for _ in range(5):
            write_package(target, manifest, one.vectors, chunks, one.graph)

    writers = [threading.Thread(target=write, args=[f"writer {number}"]) for number in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert_one_state(target)
    assert [entry.name for entry in target.parent.iterdir()] == ["guide"]
