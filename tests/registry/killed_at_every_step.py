"""A program: does what `test_crash` names, and is killed before the first step of it, then before a later one, and on.

    python killed_at_every_step.py BASE OPERATION STRIDE

A step is whatever Python asks of the file system. Each time a child of this process does the work and is killed; what
it leaves must be whole, and is what the next child begins with. Ends when a child comes to the end of the work; prints
at how many steps there was a kill, and how many of these left something half written.
"""

import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from vrom.builder.graph.hnsw import build_graph
from vrom.format.read import read_package
from vrom.format.versions import parse_reference
from vrom.format.write import write_package
from vrom.library.library import Library
from vrom.network.client import Network
from vrom.network.download import Downloads, digest_of
from vrom.registry.install import take
from vrom.registry.installed import PackageStore
from vrom.registry.keys.signing import read_key, verify
from vrom.registry.keys.trust import KnownKeys
from vrom.registry.offers.offers import from_registry
from vrom.registry.publish.publish import publish
from vrom.registry.pulled_json import package_digests, read_record
from vrom.registry.registry import Registry, find
from vrom.registry.registry_json import parse_document

STEPS = {
    "open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.scandir", "os.listdir", "os.truncate",
    "os.utime", "shutil.rmtree", "ctypes.call_function", "fcntl.flock",
}  # fmt: skip
LARGEST = 2000


class Work:
    """The operations, and what must be so after each of their steps."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.store = PackageStore(base / "vroms")
        self.network = Network()
        self.rounds = itertools.count(4)

    def pull(self) -> None:
        """A version beside another, in place of the same one, and in place of an older one."""
        for name in ("kettle@1.0", "kettle@2.0", "kettle@2.0", "kettle"):
            self._pull(name)

    def remove(self) -> None:
        """All versions, the newest first."""
        for name in ("kettle@2.0", "kettle@1.0", "kettle@3.0"):
            self._pull(name)
        with self.store.lock("kettle"):
            for package in self.store.installed("kettle"):
                self.store.remove(package)

    def publish(self) -> None:
        """A version that is new each time."""
        manifest = self.base / "made" / "1.0" / "kettle" / "manifest.json"
        document = json.loads(manifest.read_bytes()) | {"version": f"{os.getpid()}.0"}
        manifest.with_suffix(".changed").write_text(json.dumps(document))
        manifest.with_suffix(".changed").replace(manifest)
        publish(manifest.parent, self.base / "registry", key=read_key(self.base / "key"))

    def build(self) -> None:
        """What `vrom build` does when all is embedded and linked."""
        one = read_package(self.base / "made" / "2.0" / "kettle")
        text = f"built by {os.getpid()}"
        chunks = [chunk.model_copy(update={"text": text}) for chunk in one.chunks]
        manifest = one.manifest.model_copy(update={"description": text})
        graph = build_graph(one.vectors, one.manifest.hnsw_config)
        write_package(self.base / "vroms" / "kettle", manifest, one.vectors, chunks, graph)

    def assert_packages_are_whole(self) -> None:
        """Every package that is visible is what its record or its manifest says, and can be opened."""
        library = Library([self.base / "vroms"], cache=self.base / "cache", models=self.base / "models")
        for mount in library.mounts(every_version=True):
            found = package_digests(mount.folder)
            if record := read_record(mount.folder):
                assert found == record.files, mount.folder
            elif mount.manifest and mount.manifest.sha256:
                assert found["index"].sha256 == mount.manifest.sha256.index, mount.folder
                assert found["chunks"].sha256 == mount.manifest.sha256.chunks, mount.folder
            assert library.open(mount.name).version == mount.version
        built = self.base / "vroms" / "kettle"
        assert built.exists() or not (self.base / "was built").exists(), "what was once there is never gone"

    def assert_registry_is_whole(self) -> None:
        """Signed, and every file that it names is there."""
        document = parse_document((self.base / "registry" / "registry.json").read_bytes(), "here")
        assert verify(document, "here")
        releases = [release for _, release in document.releases()]
        assert len(releases) >= 3
        for release in releases:
            for role, name in release.files.items():
                assert digest_of(self.base / "registry" / name) == release.digests[role]

    def _pull(self, name: str) -> None:
        reference = parse_reference(name)
        registry = Registry(
            str(self.base / "registry"), self.network, self.base / "registry.json", KnownKeys(self.base / "trust.json")
        )
        offer = from_registry(find(reference, [registry]), Downloads(self.network, self.base / "downloads", 10**9))
        take(offer, self.store, wanted=reference.wanted, force=True)


def is_killed(work: Callable[[], None], step: int) -> bool:
    """Let a child do the work; whether it was killed, before its `step`th step, or had come to the end."""
    child = os.fork()
    if child == 0:
        steps = itertools.count(1)

        def count(event: str, _arguments: object) -> None:
            if event in STEPS and next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        try:
            work()
        except BaseException:  # noqa: BLE001 - a child must not go on as its parent
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the work could not go on from what a kill had left"
    return os.WIFSIGNALED(status)


def main() -> None:
    """Kill at every step."""
    base, operation, stride = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    work = Work(base)
    assert_whole = work.assert_registry_is_whole if operation == "publish" else work.assert_packages_are_whole
    do = getattr(work, operation)
    if operation == "build":
        do()
        (base / "was built").touch()
    half_written = 0
    for kills, step in enumerate(range(1, LARGEST, stride)):
        if not is_killed(do, step):
            print(json.dumps({"kills": kills, "half_written": half_written}))
            return
        assert_whole()
        half_written += bool([*base.glob("vroms/.*.new"), *base.glob("registry/**/.*.new")])
        for left in [*base.glob("vroms/.*.new"), *base.glob("registry/**/.*.new")]:
            os.utime(left, (0, 0))  # as if some time had passed
    raise AssertionError(f"{operation} has more than {LARGEST} steps")


if __name__ == "__main__":
    main()
