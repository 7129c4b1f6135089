"""Processes killed: whatever is visible afterwards is whole, and the next process goes on.

Once before the steps that the work asks of the file system, and at random moments while something is being written:
`VROM_TEST_CRASHES` says how many of these of each kind. From fifty on, which take some minutes, no step is left out.
"""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vrom.format.read import read_package
from vrom.library.library import Library
from vrom.network.download import digest_of
from vrom.registry.keys.signing import new_key, read_key, verify
from vrom.registry.publish.publish import publish
from vrom.registry.pulled_json import package_digests
from vrom.registry.registry_json import parse_document

MOMENTS = int(os.environ.get("VROM_TEST_CRASHES", "7"))
STRIDES = {"pull": 40, "build": 3, "publish": 9, "remove": 40}
"""From one kill to the next, in steps, unless all are wanted."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120 + 20 * MOMENTS)]
PAGES = {"kettle.md": ["# Kettle\n\nFill it.", *(f"## Step {number}\n\nWait." for number in range(40))]}

HEAD = """
import itertools, sys
from pathlib import Path
from vrom.network.download import Downloads
from vrom.network.client import Network
from vrom.registry.install import take
from vrom.registry.publish.publish import publish
from vrom.registry.registry import Registry, find
from vrom.registry.keys.signing import read_key
from vrom.registry.offers.offers import from_registry
from vrom.registry.installed import PackageStore
from vrom.registry.keys.trust import KnownKeys
from vrom.format.versions import parse_reference
base, address = Path(sys.argv[1]), sys.argv[2]
store = PackageStore(base / "vroms")
network = Network()
downloads = Downloads(network, base / "downloads", 10**9)
def pull(name, **options):
    reference = parse_reference(name)
    registry = Registry(address, network, base / "registry.json", KnownKeys(base / "trust.json"))
    return take(from_registry(find(reference, [registry]), downloads), store, wanted=reference.wanted, **options)
"""
PULL = """
for name in itertools.cycle(["kettle@1.0", "kettle@3.0", "kettle@2.0"]):
    pull(name, force=True)
    print("done", flush=True)
"""
BUILD = """
from datetime import UTC, datetime, timedelta
from vrom.builder.build import build
from vrom.builder.request import BuildRequest
from vrom.embedding.model_store import ModelStore
request = BuildRequest(vrom_id="tea", sources=(str(base / "pages"),))
for number in itertools.count():
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    models = ModelStore(Path(address))
    build(request, base / "vroms" / "tea", store=models, cache=base / "cache", created_at=moment)
    print("done", flush=True)
"""
REMOVE = """
while True:
    for name in ("kettle@1.0", "kettle@2.0", "kettle"):
        pull(name)
    print("done", flush=True)
    for name in ("kettle", "kettle@1.0", "kettle"):
        with store.lock("kettle"):
            store.remove(store.find(parse_reference(name)))
"""
PUBLISH = """
for number in itertools.count(4):
    for name in ("1.0", "2.0", "3.0"):
        manifest = base / "made" / name / "kettle" / "manifest.json"
        text = manifest.read_text()
        changed = manifest.with_suffix(".new")
        changed.write_text(text.replace(text.split('"version": "')[1].split('"')[0], f"{number}.{name}", 1))
        changed.replace(manifest)
        publish(base / "made" / name / "kettle", base / "registry", key=read_key(base / "key"))
        print("done", flush=True)
"""


@pytest.fixture
def base(tmp_path, make_package, site):
    """A registry with three versions, signed and served."""
    new_key(tmp_path / "key")
    for version in ("1.0", "2.0", "3.0"):
        folder = make_package("kettle", PAGES, root=tmp_path / "made" / version, version=version)
        publish(folder, tmp_path / "registry", key=read_key(tmp_path / "key"))
    site.put(tmp_path / "registry")
    return tmp_path


def killed(base, address, code, moments=MOMENTS):
    """Run a program, and kill it at a random moment after its first round, once something is being written; yields
    after each death. So many times as `moments`, and on until one in ten of these has left something half written.
    """
    chance = random.Random(11)
    kills = fell = 0
    wanted = max(1, moments // 10)
    while kills < moments or fell < wanted:
        kills += 1
        assert kills <= 10 * moments, f"only {fell} of {kills - 1} kills left something half written"
        command = [sys.executable, "-c", HEAD + code, str(base), address]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            assert child.stdout.readline() == b"done\n", child.stderr.read().decode()
            before = left_by(base)
            while left_by(base) <= before and child.poll() is None:
                time.sleep(0.0001)
            time.sleep(chance.uniform(0, 0.01))
            assert child.poll() is None, child.stderr.read().decode()
            child.kill()
        fell += bool(left_by(base) - before)
        yield
    print(f"{fell} of {kills} kills left something half written")


def left_by(base):
    """What is being written, or was when a process was killed."""
    return {*base.glob("vroms/.*.new"), *base.glob("registry/.*.new"), *base.glob("registry/files/.*.new")}


def assert_whole(base):
    """Every package that is visible is what its record says, and the library opens it."""
    library = Library([base / "vroms"], cache=base / "cache", models=base / "models")
    mounts = library.mounts(every_version=True)
    for mount in mounts:
        record = json.loads((mount.folder / "pulled.json").read_bytes())
        found = {role: digest.model_dump() for role, digest in package_digests(mount.folder).items()}
        assert found == record["files"]
        assert library.open(mount.name).version == mount.version
        assert len(read_package(mount.folder).chunks) == 41
    return {mount.version for mount in mounts}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system can't fork")
@pytest.mark.parametrize("operation", ["pull", "build", "publish", "remove"])
def test_a_kill_before_a_step_leaves_what_is_whole_and_can_be_gone_on_from(base, operation):
    program = Path(__file__).with_name("killed_at_every_step.py")
    stride = 1 if MOMENTS >= 50 else STRIDES[operation]
    command = [sys.executable, str(program), str(base), operation, str(stride)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    counted = json.loads(done.stdout)
    print(operation, counted)
    assert counted["kills"] > 0
    assert counted["half_written"] > 0 or stride > 1


def test_a_build_that_is_killed_leaves_the_old_or_the_new(base, model_home):
    (base / "pages").mkdir()
    for name, texts in PAGES.items():
        (base / "pages" / name).write_text("\n\n".join(texts))
    for _ in killed(base, str(model_home / "models"), BUILD):
        built = read_package(base / "vroms" / "tea")
        stated = built.manifest.sha256
        assert stated is not None
        assert package_digests(base / "vroms" / "tea")["index"].sha256 == stated.index
        assert package_digests(base / "vroms" / "tea")["chunks"].sha256 == stated.chunks


@pytest.mark.parametrize("place", ["on the web", "in a folder"])
def test_a_pull_that_is_killed_leaves_the_old_or_the_new(base, site, place):
    address = site.url("/registry.json") if place == "on the web" else str(base / "registry")
    known = set()
    for _ in killed(base, address, PULL, (MOMENTS + 1) // 2):
        here = assert_whole(base)
        assert here >= known, "a version that was once there is never lost"
        known = here
    assert known


def test_a_removal_that_is_killed_leaves_whole_packages(base, site):
    for _ in killed(base, site.url("/registry.json"), REMOVE):
        assert_whole(base)


def test_a_publication_that_is_killed_leaves_a_registry_whose_files_are_all_there(base, site):
    for _ in killed(base, "", PUBLISH):
        document = parse_document((base / "registry" / "registry.json").read_bytes(), "here")
        assert verify(document, "here")
        releases = [release for _, release in document.releases()]
        assert len(releases) >= 3
        for release in releases:
            for role, name in release.files.items():
                assert digest_of(base / "registry" / name) == release.digests[role]
