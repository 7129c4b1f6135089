"""`pnpm-lock.yaml`, against what pnpm 7, 8 and 9 wrote for one project."""

import contextlib
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vrom.project.dependency import Artifact
from vrom.project.locks.javascript.pnpm import read_pnpm
from vrom.project.locks.lock import LockFileError

VERSION_5 = """\
lockfileVersion: 5.4

importers:

  .:
    specifiers:
      '@types/ms': 0.7.34
      debug: 2.6.9
      events-small: npm:mitt@3.0.1
      ms: 2.1.3
      picocolors: 1.0.0
    dependencies:
      debug: 2.6.9
      events-small: /mitt/3.0.1
      ms: 2.1.3
    optionalDependencies:
      picocolors: 1.0.0
    devDependencies:
      '@types/ms': 0.7.34

  packages/cart:
    specifiers:
      '@shop/till': workspace:*
      ms: 2.0.0
      react: 18.2.0
      use-sync-external-store: 1.2.0
    dependencies:
      '@shop/till': link:../till
      ms: 2.0.0
      use-sync-external-store: 1.2.0_react@18.2.0
    devDependencies:
      react: 18.2.0

  packages/till:
    specifiers:
      react: 18.2.0
    dependencies:
      react: 18.2.0

packages:

  /@types/ms/0.7.34:
    resolution: {integrity: sha1-AA==}
    dev: true

  /debug/2.6.9:
    resolution: {integrity: sha1-AA==}
    dependencies:
      ms: 2.0.0
    dev: false

  /js-tokens/4.0.0:
    resolution: {integrity: sha1-AA==}

  /loose-envify/1.4.0:
    resolution: {integrity: sha1-AA==}
    dependencies:
      js-tokens: 4.0.0

  /mitt/3.0.1:
    resolution: {integrity: sha1-AA==}
    dev: false

  /ms/2.0.0:
    resolution: {integrity: sha1-AA==}
    dev: false

  /ms/2.1.3:
    resolution: {integrity: INTEGRITY}
    dev: false

  /picocolors/1.0.0:
    resolution: {integrity: sha1-AA==}
    dev: false
    optional: true

  /react/18.2.0:
    resolution: {integrity: sha1-AA==}
    dependencies:
      loose-envify: 1.4.0

  /use-sync-external-store/1.2.0_react@18.2.0:
    resolution: {integrity: sha1-AA==}
    dependencies:
      react: 18.2.0
    dev: false
"""
VERSION_6 = """\
lockfileVersion: '6.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

importers:

  .:
    dependencies:
      debug:
        specifier: 2.6.9
        version: 2.6.9
      events-small:
        specifier: npm:mitt@3.0.1
        version: /mitt@3.0.1
      ms:
        specifier: 2.1.3
        version: 2.1.3
    optionalDependencies:
      picocolors:
        specifier: 1.0.0
        version: 1.0.0
    devDependencies:
      '@types/ms':
        specifier: 0.7.34
        version: 0.7.34

  packages/cart:
    dependencies:
      '@shop/till':
        specifier: workspace:*
        version: link:../till
      ms:
        specifier: 2.0.0
        version: 2.0.0
      use-sync-external-store:
        specifier: 1.2.0
        version: 1.2.0(react@18.2.0)
    devDependencies:
      react:
        specifier: 18.2.0
        version: 18.2.0

  packages/till:
    dependencies:
      react:
        specifier: 18.2.0
        version: 18.2.0

packages:

  /@types/ms@0.7.34:
    resolution: {integrity: sha1-AA==}
    dev: true

  /debug@2.6.9:
    resolution: {integrity: sha1-AA==}
    dependencies:
      ms: 2.0.0
    dev: false

  /js-tokens@4.0.0:
    resolution: {integrity: sha1-AA==}

  /loose-envify@1.4.0:
    resolution: {integrity: sha1-AA==}
    dependencies:
      js-tokens: 4.0.0

  /mitt@3.0.1:
    resolution: {integrity: sha1-AA==}
    dev: false

  /ms@2.0.0:
    resolution: {integrity: sha1-AA==}
    dev: false

  /ms@2.1.3:
    resolution: {integrity: INTEGRITY}
    dev: false

  /picocolors@1.0.0:
    resolution: {integrity: sha1-AA==}
    dev: false
    optional: true

  /react@18.2.0:
    resolution: {integrity: sha1-AA==}
    dependencies:
      loose-envify: 1.4.0

  /use-sync-external-store@1.2.0(react@18.2.0):
    resolution: {integrity: sha1-AA==}
    dependencies:
      react: 18.2.0
    dev: false
"""
VERSION_9 = """\
lockfileVersion: '9.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

catalogs:
  default:
    react:
      specifier: 18.2.0
      version: 18.2.0

importers:

  .:
    dependencies:
      debug:
        specifier: 2.6.9
        version: 2.6.9
      events-small:
        specifier: npm:mitt@3.0.1
        version: mitt@3.0.1
      ms:
        specifier: 2.1.3
        version: 2.1.3
    optionalDependencies:
      picocolors:
        specifier: 1.0.0
        version: 1.0.0
    devDependencies:
      '@types/ms':
        specifier: 0.7.34
        version: 0.7.34

  packages/cart:
    dependencies:
      '@shop/till':
        specifier: workspace:*
        version: link:../till
      ms:
        specifier: 2.0.0
        version: 2.0.0
      use-sync-external-store:
        specifier: 1.2.0
        version: 1.2.0(react@18.2.0)
    devDependencies:
      react:
        specifier: 'catalog:'
        version: 18.2.0

  packages/till:
    dependencies:
      react:
        specifier: 'catalog:'
        version: 18.2.0

packages:

  '@types/ms@0.7.34':
    resolution: {integrity: sha1-AA==}

  debug@2.6.9:
    resolution: {integrity: sha1-AA==}

  js-tokens@4.0.0:
    resolution: {integrity: sha1-AA==}

  loose-envify@1.4.0:
    resolution: {integrity: sha1-AA==}

  mitt@3.0.1:
    resolution: {integrity: sha1-AA==}

  ms@2.0.0:
    resolution: {integrity: sha1-AA==}

  ms@2.1.3:
    resolution: {integrity: INTEGRITY}

  picocolors@1.0.0:
    resolution: {integrity: sha1-AA==}

  react@18.2.0:
    resolution: {integrity: sha1-AA==}

  use-sync-external-store@1.2.0:
    resolution: {integrity: sha1-AA==}

snapshots:

  '@types/ms@0.7.34': {}

  debug@2.6.9:
    dependencies:
      ms: 2.0.0

  js-tokens@4.0.0: {}

  loose-envify@1.4.0:
    dependencies:
      js-tokens: 4.0.0

  mitt@3.0.1: {}

  ms@2.0.0: {}

  ms@2.1.3: {}

  picocolors@1.0.0:
    optional: true

  react@18.2.0:
    dependencies:
      loose-envify: 1.4.0

  use-sync-external-store@1.2.0(react@18.2.0):
    dependencies:
      react: 18.2.0
"""
LOCKS = {"5.4": VERSION_5, "6.0": VERSION_6, "9.0": VERSION_9}


@pytest.fixture(params=LOCKS)
def root(request, project, shop, integrity):
    return project({**shop, "pnpm-lock.yaml": LOCKS[request.param].replace("INTEGRITY", integrity["sri"])})


def read(root: Path, folder: str = "."):
    return read_pnpm(root / "pnpm-lock.yaml", root / folder)


def read_lock(project, text: str):
    return read(project({"pnpm-lock.yaml": text}))


def without_peers(found: dict[str, set[str]]) -> dict[str, set[str]]:
    """The lock file says which peers are installed, not that they are peers."""
    return {name: groups - {"peer"} for name, groups in found.items()}


def test_at_the_root_what_the_project_and_all_members_list_is_direct(root, groups, shop_groups):
    assert groups(read(root)) == without_peers(shop_groups)


def test_in_a_member_only_what_it_lists_is_direct(root, direct, cart_groups):
    assert direct(read(root, "packages/cart")) == without_peers(cart_groups)


def test_a_folder_of_a_member_stands_for_the_member(root, direct, cart_groups):
    assert direct(read(root, "packages/cart/src")) == without_peers(cart_groups)


def test_a_member_is_a_folder_of_this_machine(root):
    folders = {one.name: one.folder for one in read(root) if one.folder}
    assert folders == {
        "@shop/cart": str(root / "packages/cart"),
        "@shop/till": str(root / "packages/till"),
    }


def test_the_integrity_is_the_digest_of_the_only_file(root, integrity):
    found = {f"{one.name} {one.version}": one for one in read(root)}
    assert found["ms 2.1.3"].artifacts == (Artifact(digest=integrity["hex"]),)
    assert found["ms 2.0.0"].artifacts == ()


@pytest.mark.parametrize(
    "text",
    [
        "lockfileVersion: 5.4\ndependencies:\n  '@a/b': 1.0.0_c@2.0.0\npackages:\n  /@a/b/1.0.0_c@2.0.0: {}\n",
        "lockfileVersion: '6.0'\ndependencies:\n  '@a/b': {version: 1.0.0(c@2.0.0)}\n"
        "packages:\n  /@a/b@1.0.0(c@2.0.0): {}\n",
    ],
)
def test_without_importers_the_lists_are_those_of_the_only_project(project, groups, text):
    assert groups(read_lock(project, text)) == {"@a/b 1.0.0": {"main"}}


@pytest.mark.parametrize(
    ("version", "key"), [("5.4", "registry.example/@a/b/1.0.0"), ("6.0", "registry.example/@a/b@1.0.0")]
)
def test_a_key_may_name_another_registry(project, version, key):
    (found,) = read_lock(project, f"lockfileVersion: '{version}'\npackages:\n  {key}: {{}}\n")
    assert (found.name, found.version, found.index) == ("@a/b", "1.0.0", "https://registry.example/")


def test_a_package_from_git_has_the_version_that_its_entry_states(project, groups):
    url = "https://forge.example/a/b/tar.gz/0123abc"
    text = f"""
lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      b: {{specifier: a/b, version: {url!r}}}
packages:
  b@{url}: {{resolution: {{tarball: {url!r}}}, version: 1.2.0}}
"""
    found = read_lock(project, text)
    assert groups(found) == {"b 1.2.0": {"main"}}
    assert found[0].index == "https://forge.example/"


def test_a_folder_that_is_a_dependency_has_no_version(project):
    text = """
lockfileVersion: '9.0'
packages:
  b@file:lib: {resolution: {directory: lib, type: directory}, version: 1.0.0}
  c@file:../lib: {resolution: {directory: ../lib, type: directory}, version: 1.0.0}
"""
    root = project({"pnpm-lock.yaml": text})
    assert [(one.name, one.version, one.folder) for one in read(root)] == [("b", "", str(root / "lib"))]


def test_an_importer_outside_of_the_project_is_not_read(project, tmp_path):
    (tmp_path / "package.json").write_text('{"name": "outer", "version": "1.0.0"}')
    text = "lockfileVersion: '9.0'\nimporters:\n  ..: {}\n  .: {dependencies: {outer: {version: 'link:..'}}}\n"
    (found,) = read_lock(project, text)
    assert (found.name, found.version, found.folder, found.index) == ("outer", "", "", "file:..")


def test_the_last_document_of_a_file_is_the_project(project, groups):
    text = "lockfileVersion: '9.0'\n---\nlockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n"
    assert groups(read_lock(project, text)) == {"a 1.0.0": set()}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "not a mapping"),
        ("[]", "not a mapping"),
        ("a: [\n", "line 2: not valid YAML"),
        ("a:\n\t- b\n", "line 2: not valid YAML"),
        ("a: \0\n", "characters that YAML forbids"),
        ("a: &x 1\nb: *x\n", "line 2: aliases"),
        ("a: 1\n? [b]\n: 1\n", "line 2: a key is not a string"),
        ("[" * 500, "nesting"),
        ("[" * 100_000, "nesting"),
        ("packages: {}\n", "not none"),
        ("lockfileVersion: [9]\n", "not none"),
        ("lockfileVersion: '12.0'\n", "not 12"),
    ],
)
def test_a_file_that_cannot_be_understood_is_an_error_with_its_line(project, content, problem):
    with pytest.raises(LockFileError, match=problem):
        read_lock(project, content)


KEYS = ["importers", "packages", ".", "a", "/a/1.0.0", "/a@1.0.0", "a@1.0.0", "dependencies", "version", "resolution"]
KEYS += ["integrity", "tarball", "directory", "name", "devDependencies"]


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), version=st.sampled_from(["5.4", "6.0", "9.0"]))
def test_arbitrary_content_is_read_or_refused(hostile, data, version):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        lock = {**data.draw(hostile(*KEYS)), "lockfileVersion": version}
        (root / "pnpm-lock.yaml").write_text(json.dumps(lock))
        with contextlib.suppress(LockFileError):
            read(root)


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(alphabet="ab:-?[]{}&*!|>'\"%@#, \n\t\0é", max_size=60))
def test_arbitrary_text_is_read_or_refused(text):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pnpm-lock.yaml").write_text(text)
        with contextlib.suppress(LockFileError):
            read(Path(folder))
