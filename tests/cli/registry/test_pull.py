"""`vrom pull`, `update`, `remove`, `du`, `publish`, `key`, `lock`, `sync`, `list --remote`, as people call them."""

import json
import tarfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from vrom.registry.publish.publish import publish as publish_package

pytestmark = pytest.mark.slow

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on.", "## Errors\n\n`E_DRY_BOIL`: it was empty."]}


@pytest.fixture
def registry(vrom, tmp_path):
    """A folder served on the web; `VROM_REGISTRY` names it. Gives the headers of each request by path."""
    asked: dict[str, dict[str, str]] = {}

    class Handler(SimpleHTTPRequestHandler):
        disable_nagle_algorithm = True

        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(tmp_path / "registry"))

        def do_GET(self):
            asked[self.path] = {name.lower(): value for name, value in self.headers.items()}
            super().do_GET()

        def log_message(self, *_args):
            pass

    (tmp_path / "registry").mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
    vrom.environment["VROM_REGISTRY"] = f"http://127.0.0.1:{server.server_port}/registry.json"
    yield asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def publish(make_package, tmp_path):
    """Put a package into the registry as `vrom publish` does, unsigned, and without a process."""

    def publish(name="kettle", version="1.0.0"):
        folder = make_package(name, PAGES, root=tmp_path / version, version=version, description=f"How to use a {name}")
        return publish_package(folder, tmp_path / "registry")

    return publish


@pytest.fixture
def publish_with_the_command(vrom, make_package, tmp_path):
    def publish(name="kettle", version="1.0.0", *options: str):
        folder = make_package(name, PAGES, root=tmp_path / version, version=version, description=f"How to use a {name}")
        return vrom("publish", str(folder), "--registry-dir", str(tmp_path / "registry"), *options)

    return publish


def installed(vrom):
    return [(entry["id"], entry["version"]) for entry in json.loads(vrom("du", "--json").stdout)["cartridges"]]


def test_from_a_key_to_a_search(vrom, registry, publish_with_the_command, tmp_path):
    assert vrom("key", "new").returncode == 0
    assert "published" in publish_with_the_command().stderr
    done = vrom("pull", "hub://kettle")
    assert done.returncode == 0, done.stderr
    assert "is signed with ed25519:" in done.stderr
    assert done.stdout == ""
    assert "E_DRY_BOIL" in vrom("search", "E_DRY_BOIL", "--mode", "lexical").stdout
    document = json.loads(vrom("pull", "kettle", "--json").stdout)
    assert [(entry["id"], entry["version"], entry["changed"]) for entry in document] == [("kettle", "1.0.0", False)]
    assert vrom("remove", "kettle").returncode == 0
    assert installed(vrom) == []
    assert vrom("remove", "kettle").returncode == 1


def test_versions_and_updates(vrom, registry, publish):
    for version in ("1.0.0", "1.1.0"):
        publish("kettle", version)
    assert vrom("pull", "kettle", "--version", "1.0").returncode == 0
    assert vrom("pull", "kettle@latest").returncode == 0
    assert installed(vrom) == [("kettle", "1.1.0"), ("kettle", "1.0.0")]
    assert "other versions: kettle@1.0.0" in vrom("list").stderr
    about = json.loads(vrom("info", "kettle@1.0", "--json").stdout)
    assert (about["vrom_id"], about["version"]) == ("kettle", "1.0.0")
    assert about["pulled"]["wanted"] == "1.0"
    assert f"hub://kettle in {vrom.environment['VROM_REGISTRY']}" in vrom("info", "kettle").stderr
    publish("kettle", "2.0.0")
    assert "1.0.0 is already installed" in vrom("update").stderr
    assert installed(vrom) == [("kettle", "2.0.0"), ("kettle", "1.0.0")]
    assert vrom("remove", "kettle@1").returncode == 0
    assert installed(vrom) == [("kettle", "2.0.0")]


def test_what_a_registry_says_of_one(vrom, registry, publish):
    publish("kettle")
    publish("kettle", "1.1.0")
    said = vrom("info", "kettle", "--remote").stderr
    facts = (
        "kettle 1.1.0",
        "How to use a kettle",
        "versions   1.1.0, 1.0.0",
        "installed  none",
        "2 vectors",
        "kB",
    )
    for fact in facts:
        assert fact in said, said
    document = json.loads(vrom("info", "kettle@1.0", "--remote", "--json").stdout)
    assert (document["version"], document["versions"], document["installed"]) == ("1.0.0", ["1.1.0", "1.0.0"], [])
    assert set(document["digests"]) == {"manifest", "index"}
    failed = vrom("info", "ketle", "--remote")
    assert (failed.returncode, "Did you mean 'kettle'?" in failed.stderr) == (1, True)


def test_everything_that_is_listed(vrom, registry, publish):
    publish("kettle")
    publish("teapot")
    document = json.loads(vrom("list", "--remote", "--json").stdout)
    assert [(entry["id"], entry["version"], entry["installed"]) for entry in document] == [
        ("kettle", "1.0.0", None),
        ("teapot", "1.0.0", None),
    ]
    assert vrom("pull", "--all").returncode == 0
    assert installed(vrom) == [("kettle", "1.0.0"), ("teapot", "1.0.0")]
    assert "How to use a teapot" in vrom("list", "--remote", "--refresh").stderr


def test_where_nothing_was_pulled_there_is_nothing_to_update_or_to_lock(vrom):
    done = vrom("update", "--json")
    assert (done.returncode, done.stdout.strip()) == (0, "[]")
    assert "Nothing to update" in done.stderr
    assert "Nothing to lock" in vrom("lock").stderr


def test_an_id_that_nobody_lists_is_told_with_the_nearest_and_who_was_asked(vrom, registry, publish):
    publish()
    done = vrom("pull", "kettel")
    searched = vrom.environment["VROM_REGISTRY"]
    assert f"No cartridge 'kettel'. Did you mean 'kettle'? Searched: {searched}." in done.stderr


def test_one_that_fails_does_not_keep_the_others(vrom, registry, publish, tmp_path):
    publish("kettle")
    publish("teapot")
    done = vrom("pull", "kettel", "kettle", "nothing@1", "teapot", "--json")
    assert done.returncode == 1
    assert [entry["id"] for entry in json.loads(done.stdout)] == ["kettle", "teapot"]
    assert "Did you mean 'kettle'" in done.stderr


def test_keys_and_headers_go_to_the_registry(vrom, registry, publish):
    publish()
    assert vrom("pull", "kettle", "--header", "X-Team: tea", VROM_API_KEY="secret").returncode == 0
    for headers in registry.values():
        assert (headers["x-api-key"], headers["x-team"]) == ("secret", "tea")


@pytest.mark.parametrize("named", [True, False], ids=["an origin that the user names", "one that the lock names"])
def test_credentials_go_nowhere_because_a_lock_file_says_so(vrom, registry, make_package, tmp_path, named):
    make_package("teapot", PAGES, root=tmp_path / "registry")
    own = vrom.environment["VROM_REGISTRY"]
    assert vrom("pull", own.replace("registry.json", "teapot/manifest.json")).returncode == 0
    assert vrom("lock").returncode == 0
    registry.clear()
    chosen = {"VROM_HOME": str(tmp_path / "elsewhere"), "VROM_API_KEY": "secret"}
    chosen["VROM_REGISTRY"] = own if named else "http://127.0.0.1:9/registry.json"
    done = vrom("sync", "--header", "X-Team: tea", **chosen)
    assert done.returncode == 0, done.stderr
    assert registry
    assert {headers.get("x-team") for headers in registry.values()} == {"tea" if named else None}
    assert {headers.get("x-api-key") for headers in registry.values()} == {"secret" if named else None}


def test_a_changed_key_stops_everything_until_it_is_accepted(vrom, registry, publish_with_the_command, tmp_path):
    vrom("key", "new")
    publish_with_the_command()
    vrom("pull", "kettle")
    vrom("key", "new", "--out", str(tmp_path / "other.pem"))
    publish_with_the_command("kettle", "2.0.0", "--key", str(tmp_path / "other.pem"), "--change-key")
    done = vrom("pull", "kettle")
    assert done.returncode == 1
    assert installed(vrom) == [("kettle", "1.0.0")]
    (remedy,) = (part for part in done.stderr.split("`") if part.startswith("vrom key trust"))
    assert vrom(*remedy.split()[1:]).returncode == 0
    assert vrom("pull", "kettle").returncode == 0
    assert len(json.loads(vrom("key", "list", "--json").stdout)) == 1


def test_offline_the_stored_registry_serves(vrom, registry, publish, tmp_path):
    publish()
    vrom("pull", "kettle")
    (tmp_path / "registry" / "registry.json").write_text("<html>Log in</html>")
    done = vrom("pull", "kettle")
    assert done.returncode == 0
    assert "Using the stored copy" in done.stderr


def test_folders_and_archives_and_addresses(vrom, registry, make_package, tmp_path):
    folder = make_package("kettle", PAGES, root=tmp_path / "project", files={"index": "index.json"})
    with tarfile.open(tmp_path / "project" / "kettle.tar.gz", "w:gz") as archive:
        archive.add(folder, "kettle")
    make_package("teapot", PAGES, root=tmp_path / "registry")
    address = vrom.environment["VROM_REGISTRY"].replace("registry.json", "teapot/manifest.json")
    for what in ("./kettle", "kettle.tar.gz", address):
        done = vrom("pull", what)
        assert done.returncode == 0, done.stderr
    assert installed(vrom) == [("kettle", "1.0.0"), ("teapot", "1.0.0")]


def test_the_same_elsewhere(vrom, registry, publish, tmp_path):
    publish("kettle")
    publish("teapot")
    vrom("pull", "--all")
    assert vrom("lock").returncode == 0
    elsewhere = {"VROM_HOME": str(tmp_path / "elsewhere")}
    done = vrom("sync", **elsewhere)
    assert done.returncode == 0, done.stderr
    offline = {**elsewhere, "VROM_REGISTRY": "http://127.0.0.1:9/registry.json"}
    assert vrom("sync", **offline).returncode == 0
    mirrored = sorted(path.name for path in (tmp_path / "project" / ".vrom" / "cartridges").iterdir())
    assert mirrored == ["kettle@1.0.0", "teapot@1.0.0"]
    assert vrom("lock", "kettle", **elsewhere).returncode == 0
    assert "teapot@1.0.0 is not in the lock" in vrom("sync", **offline).stderr
    manifest = tmp_path / "elsewhere" / "vroms" / "kettle" / "manifest.json"
    manifest.write_text(manifest.read_text() + " ")
    done = vrom("sync", **offline)
    assert done.returncode == 1
    assert "a different kettle 1.0.0 than the lock file lists" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("pull",),
        ("pull", "kettle", "--all"),
        ("pull", "kettle@1", "--version", "2"),
        ("pull", "./x", "--version", "2"),
        ("pull", "kettle", "--header", "nonsense"),
        ("publish", "."),
        ("publish", ".", "--hub", "a/b", "--registry-dir", "x"),
        ("remove",),
        ("key", "trust"),
    ],
)
def test_wrong_usage_exits_with_2(vrom, arguments):
    done = vrom(*arguments, VROM_REGISTRY="http://127.0.0.1:9/registry.json")
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("pull", "kettle"),
        ("pull", "./nothing"),
        ("pull", "hf://nonsense"),
        ("list", "--remote"),
        ("lock",),
        ("sync",),
        ("publish", "nothing", "--registry-dir", "x"),
        ("key", "show"),
        ("key", "trust", "https://a.example", "nonsense"),
        ("key", "forget", "https://a.example"),
        ("remove", "../../x"),
    ],
)
def test_failures_exit_with_1_and_one_message(vrom, arguments):
    done = vrom(*arguments, VROM_REGISTRY="http://127.0.0.1:9/registry.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: "), done.stderr
    assert "Traceback" not in done.stderr
