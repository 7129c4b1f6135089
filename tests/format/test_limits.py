"""What reading a stranger's package may cost: memory is known before it is taken, and every step looks at the clock."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vrom.errors import PackageBrokenError, PackageLimitError
from vrom.format.limits import Limits, memory_of
from vrom.format.read import read_package
from vrom.format.verify.package import check

SIZE = 2_000_000
EMPTY = '{"a":0}'
USE = """
import sys
from pathlib import Path
from vrom.errors import PackageError
from vrom.format.read import read_package
from vrom.format.verify.package import check

def peak():
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024

folder, before = Path(sys.argv[1]), peak()
try:
    {"read": read_package, "check": check}[sys.argv[2]](folder)
except PackageError:
    pass
print(peak() - before)
"""


def repeated(value: str) -> str:
    return ",".join([value] * (SIZE // (len(value) + 1)))


def nodes(value: str) -> str:
    return f'{{"config": {{}}, "entry_point": 0, "max_layer": 0, "dim": 1, "nodes": [{value}]}}'


def numbered(metadata: str) -> str:
    """Nodes that are read without complaint, their metadata with the node's number in place of `#`."""
    size = len(json.dumps(metadata)) + 40
    texts = (json.dumps(metadata.replace("#", str(i))) for i in range(SIZE // size))
    return ",".join(f'{{"vector":[1],"neighbors":[[]],"max_layer":0,"metadata":{text}}}' for text in texts)


def chunks(extra: str, text: str = "") -> str:
    return nodes(numbered(f'{{"chunk_id":#,"text":"{text}"{extra}}}'))


HOSTILE = {
    "a million empty nodes": nodes(repeated("{}")),
    "a million empty lists": nodes(repeated("[]")),
    "lists in lists": nodes(repeated("[" * 900 + "]" * 900)),
    "objects in objects": nodes(repeated('{"a":' * 900 + "0" + "}" * 900)),
    "a key for each object": nodes(",".join(f'{{"{i:x}":0}}' for i in range(SIZE // 10))),
    "neighbours": nodes(f'{{"vector":[1],"neighbors":[{repeated("[]")}],"max_layer":0}}'),
    "numbers": nodes(f'{{"vector":[{repeated("0.5")}]}}'),
    "large numbers": nodes(f'{{"vector":[{repeated("9" * 18)}]}}'),
    "an extra key": nodes("")[:-1] + f', "x": [{repeated(EMPTY)}]}}',
    "the smallest chunks": chunks(""),
    "lists in chunks": chunks(f',"x":[{"[]," * 20}[]]'),
    "one chunk of lists": chunks(f',"x":[{"[]," * (SIZE // 4)}[]]'),
    "mistakes by the million": chunks(f',"heading_path":[{"0," * (SIZE // 4)}0]'),
    "a rare character in a long text": chunks("", "a" * (SIZE // 2) + "🙂"),
}


@pytest.fixture
def hostile(make_package, change):
    """A package whose `index.json` is this text."""

    def make(index: str):
        folder = make_package("kettle", {"kettle.md": ["Fill it."]})
        (folder / "index.json").write_text(index)
        change(folder / "manifest.json", "embedding_spec.dimensions", 1)
        return folder

    return make


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system doesn't tell how much memory was taken")
@pytest.mark.parametrize("use", ["read", "check"])
@pytest.mark.parametrize("shape", HOSTILE)
def test_what_takes_more_memory_than_allowed_is_refused_before_it_does(hostile, shape, use):
    folder = hostile(HOSTILE[shape])
    command = [sys.executable, "-c", USE, str(folder), use]
    taken = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert taken > SIZE / 4
    if use == "read":
        with pytest.raises(
            PackageLimitError, match=r"index\.json.* bytes of memory, more than .* raise VROM_MAX_MEMORY"
        ):
            read_package(folder, Limits(memory=taken))
    else:
        (refused,) = (finding for finding in check(folder, Limits(memory=taken)) if "limits" in finding.expected)
        assert (refused.severity, refused.file) == ("error", "index.json")


def test_honest_packages_stay_far_below_the_bound(package):
    """An index counts as fourteen times its size at most, so the default is enough for one of 600 MB."""
    raw = (package / "index.json").read_bytes()
    assert memory_of(raw) < 13 * len(raw)
    assert read_package(package, Limits(memory=15 * len(raw)))


@pytest.mark.timeout(60)
def test_reading_ends_at_the_deadline_with_the_place_named(package):
    with pytest.raises(PackageLimitError, match=r"index\.json: reading has taken more than the 0 seconds .*SECONDS"):
        read_package(package, Limits(seconds=0))
    assert [finding.found for finding in check(package, Limits(seconds=0))] == [
        "reading has taken more than the 0 seconds allowed"
    ]


def test_a_manifest_of_megabytes_is_none(package):
    (package / "manifest.json").write_text(json.dumps({"x": "x" * 1_000_000}))
    with pytest.raises(PackageLimitError, match=r"manifest\.json: 1,000,\d{3} bytes, more than the 1,000,000"):
        read_package(package)


def test_a_million_mistakes_are_told_by_the_first(hostile):
    folder = hostile(HOSTILE["mistakes by the million"])
    with pytest.raises(PackageBrokenError, match=r"nodes\[0\]\.metadata\.heading_path\[0\]: input should be .* string"):
        read_package(folder)
    assert len(check(folder)) < 30
