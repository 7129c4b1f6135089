"""Files of a release: from the lock, or from an index by the simple API, over a local server."""

import hashlib
import json

import pytest

from vrom.errors import MismatchError, TransferError
from vrom.network.client import Network
from vrom.network.download import Downloads
from vrom.project.dependency import Artifact, Dependency
from vrom.project.sources.index_settings import read_index_settings
from vrom.project.sources.package_index import PackageIndex

CONTENT = b"a source distribution"
SHA = hashlib.sha256(CONTENT).hexdigest()


def page(*names, digest=SHA):
    files = [{"filename": name, "url": f"../../files/{name}", "hashes": {"sha256": digest}} for name in names]
    return json.dumps({"meta": {"api-version": "1.1"}, "name": "a", "files": files}).encode()


@pytest.fixture
def index_of(site, tmp_path):
    """An index whose page about `a` is this."""

    networks = []

    def make(content, kind="application/vnd.pypi.simple.v1+json", credentials=None, urls=None):
        site.files["/simple/a/"] = content
        site.kinds["/simple/a/"] = kind
        network = Network(credentials, sleep=lambda _: None)
        networks.append(network)
        return PackageIndex(urls or [site.url("/simple")], Downloads(network, tmp_path / "parts", 10**6))

    yield make
    for network in networks:
        network.close()


A = Dependency("pypi", "a", "1.0")


def test_the_files_of_the_version_are_found_in_json(index_of, site):
    index = index_of(page("a-1.0.tar.gz", "a-1.0-py3-none-any.whl", "a-1.1.tar.gz", "a-1.0.exe", "ab-1.0.tar.gz"))
    found = index.find(A)
    assert [(file.name, file.is_wheel, file.sha256) for file in found] == [
        ("a-1.0.tar.gz", False, SHA), ("a-1.0-py3-none-any.whl", True, SHA),
    ]  # fmt: skip
    assert found[0].url == site.url("/files/a-1.0.tar.gz")


def test_and_in_html(index_of):
    html = f'<html><a href="/files/a-1.0.tar.gz#sha256={SHA}">a-1.0.tar.gz</a><a href="a-2.0.zip">x</a></html>'
    assert [file.sha256 for file in index_of(html.encode(), "text/html").find(A)] == [SHA]


def test_only_files_that_the_lock_names_are_taken(index_of):
    locked = Dependency("pypi", "a", "1.0", artifacts=(Artifact("a-1.0.tar.gz", f"sha256:{SHA}"),))
    assert len(index_of(page("a-1.0.tar.gz")).find(locked)) == 1
    assert index_of(page("a-1.0.tar.gz", digest="0" * 64)).find(locked) == []


def test_addresses_in_the_lock_need_no_index(index_of, site):
    locked = Dependency("pypi", "a", "1.0", artifacts=(Artifact(site.url("/f/a-1.0.tar.gz"), f"sha256:{SHA}"),))
    assert [file.url for file in index_of(b"").find(locked)] == [site.url("/f/a-1.0.tar.gz")]
    assert site.asked == []


def test_a_file_is_fetched_and_compared_with_its_digest(index_of, site, tmp_path):
    site.files["/files/a-1.0.tar.gz"] = CONTENT
    index = index_of(page("a-1.0.tar.gz"))
    (file,) = index.find(A)
    assert index.fetch(file, tmp_path / "a") == SHA
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_another_file_than_the_locked_one_is_discarded(index_of, site, tmp_path):
    site.files["/files/a-1.0.tar.gz"] = b"something else"
    index = index_of(page("a-1.0.tar.gz"))
    (file,) = index.find(A)
    with pytest.raises(MismatchError, match="another file than the project locks"):
        index.fetch(file, tmp_path / "a")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"files": 1}', b'{"files": [1]}', b"{"])
def test_nonsense_in_place_of_json_is_an_error(index_of, content):
    with pytest.raises(TransferError, match="PEP 691"):
        index_of(content).find(A)


def test_an_index_that_fails_is_passed_over_for_the_next(index_of, site):
    index = index_of(page("a-1.0.tar.gz"), urls=[site.url("/broken"), site.url("/simple")])
    assert len(index.find(A)) == 1
    with pytest.raises(TransferError, match="status 404"):
        index_of(b"", urls=[site.url("/broken")]).find(A)


class TestSettings:
    @pytest.fixture(autouse=True)
    def no_pip(self, monkeypatch):
        monkeypatch.setattr("vrom.project.sources.index_settings._pip_configuration", dict)

    def test_the_index_of_the_ecosystem_is_the_default(self, tmp_path):
        assert read_index_settings(tmp_path, {}).urls == ("https://pypi.org/simple",)

    def test_uv_s_variables_and_files_are_read(self, tmp_path):
        (tmp_path / "pyproject.toml").write_text(
            '[[tool.uv.index]]\nname = "ours"\nurl = "https://ours.example/simple"\n'
        )
        environment = {
            "UV_INDEX": "extra=https://extra.example/simple",
            "UV_DEFAULT_INDEX": "https://main.example/simple",
            "UV_INDEX_OURS_USERNAME": "me",
            "UV_INDEX_OURS_PASSWORD": "secret",
        }
        found = read_index_settings(tmp_path, environment)
        assert found.urls == (
            "https://extra.example/simple", "https://ours.example/simple", "https://main.example/simple",
        )  # fmt: skip
        assert found.credentials.keys() == {"https://ours.example:443"}

    def test_a_password_in_a_url_is_sent_and_never_shown(self, index_of, site, tmp_path):
        url = site.url("/simple").replace("://", "://me:secret@")
        found = read_index_settings(tmp_path, {"UV_DEFAULT_INDEX": url})
        assert found.urls == (site.url("/simple"),)
        index_of(page("a-1.0.tar.gz"), credentials=found.credentials, urls=found.urls).find(A)
        assert site.asked[-1].headers["authorization"] == "Basic bWU6c2VjcmV0"

    def test_netrc_is_read(self, tmp_path):
        (tmp_path / "netrc").write_text("machine main.example login me password secret\n")
        environment = {"NETRC": str(tmp_path / "netrc"), "UV_DEFAULT_INDEX": "https://main.example/simple"}
        assert read_index_settings(tmp_path, environment).credentials["https://main.example:443"]
