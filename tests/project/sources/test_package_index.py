"""Files of a release: from the lock, or from an index by the simple API, over a local server."""

import hashlib
import json
import os
from contextlib import closing

import pytest

from vrom.errors import MismatchError, TransferError
from vrom.network.client import Network
from vrom.network.download import Downloads
from vrom.project.dependency import Artifact, Dependency
from vrom.project.sources import package_index
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
    assert [(file.name, file.is_wheel, file.digest) for file in found] == [
        ("a-1.0.tar.gz", False, f"sha256:{SHA}"), ("a-1.0-py3-none-any.whl", True, f"sha256:{SHA}"),
    ]  # fmt: skip
    assert found[0].url == site.url("/files/a-1.0.tar.gz")


def test_and_in_html(index_of):
    html = f'<html><a href="/files/a-1.0.tar.gz#sha256={SHA}">a-1.0.tar.gz</a><a href="a-2.0.zip">x</a></html>'
    assert [file.digest for file in index_of(html.encode(), "text/html").find(A)] == [f"sha256:{SHA}"]


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


@pytest.mark.parametrize(
    "name", ["..%2F..%2Fa-1.0.tar.gz", "a-1.0%00.tar.gz", "%1b[31m-1.0.tar.gz", "a" * 300 + ".zip"]
)
def test_file_names_that_are_none_are_left_out(index_of, site, name):
    locked = Dependency("pypi", "a", "1.0", artifacts=(Artifact(site.url(f"/f/{name}")),))
    assert index_of(page(name)).find(locked) == []


@pytest.mark.parametrize("url", ["http://[", "https://a:99999/a-1.0.tar.gz", "file:///etc/a-1.0.tar.gz"])
def test_addresses_that_are_none_are_passed_over(index_of, url):
    locked = Dependency("pypi", "a", "1.0", artifacts=(Artifact(url),))
    assert len(index_of(page("a-1.0.tar.gz")).find(locked)) == 1
    links = json.dumps({"files": [{"url": url}, {"url": "a-1.0.tar.gz"}]}).encode()
    assert [file.name for file in index_of(links).find(A) if file.url.startswith("http://127")] == ["a-1.0.tar.gz"]


@pytest.mark.parametrize("kind", ["sha512", "sha384", "md5"])
def test_other_kinds_of_digests_are_compared_too(index_of, site, tmp_path, kind):
    url = site.url("/files/a-1.0.tar.gz")
    right = hashlib.new(kind, CONTENT).hexdigest()
    for digest, content in ((right, b"something else"), ("0" * len(right), CONTENT)):
        site.files["/files/a-1.0.tar.gz"] = content
        index = index_of(b"")
        (file,) = index.find(Dependency("pypi", "a", "1.0", artifacts=(Artifact(url, f"{kind}:{digest}"),)))
        with pytest.raises(MismatchError):
            index.fetch(file, tmp_path / "a")


def test_a_page_that_is_too_large_or_too_slow_is_given_up(index_of, monkeypatch):
    monkeypatch.setattr(package_index, "_LARGEST_PAGE", 300_000)
    with pytest.raises(TransferError, match="is larger than 300,000 bytes"):
        index_of(b" " * 1_000_000).find(A)
    monkeypatch.setattr(package_index, "_PAGE_SECONDS", -1.0)
    with pytest.raises(TransferError, match="took more than"):
        index_of(page("a-1.0.tar.gz")).find(A)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("junk", ["<a " * 1_000_000, "<a href=" * 300_000, "<!--" * 500_000, "<a href='" * 300_000])
def test_junk_in_place_of_html_is_read_in_time(index_of, monkeypatch, junk):
    assert index_of(junk.encode(), "text/html").find(A) == []


def test_a_private_address_that_only_the_project_names_is_not_asked(site, tmp_path):
    with closing(Network(sleep=lambda _: None, private_origins=())) as network:
        index = PackageIndex([], Downloads(network, tmp_path / "parts", 10**6))
        for url in (site.url("/a-1.0.tar.gz"), "http://169.254.169.254/a-1.0.tar.gz", "http://[::1]:1/a-1.0.tar.gz"):
            (file,) = index.find(Dependency("pypi", "a", "1.0", artifacts=(Artifact(url),)))
            with pytest.raises(TransferError, match="private address, which only the project names"):
                index.fetch(file, tmp_path / "a")
    assert site.asked == []


DEFAULTS = {"https://pypi.org:443", "https://files.pythonhosted.org:443"}


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
        assert found.own - DEFAULTS == {"https://extra.example:443", "https://main.example:443"}

    def test_a_password_by_name_is_sent_only_where_the_user_says(self, tmp_path):
        (tmp_path / "pyproject.toml").write_text(
            '[[tool.uv.index]]\nname = "ours"\nurl = "https://chosen-by-the-checkout.example/simple"\n'
        )
        environment = {"UV_INDEX_OURS_USERNAME": "me", "UV_INDEX_OURS_PASSWORD": "secret"}
        found = read_index_settings(tmp_path, environment)
        assert (found.credentials, found.withheld) == ({}, ("ours",))
        environment["UV_INDEX"] = "ours=https://ours.example/simple"
        assert read_index_settings(tmp_path, environment).credentials.keys() == {"https://ours.example:443"}

    def test_netrc_is_for_its_hosts_only_and_not_in_clear_text(self, tmp_path):
        (tmp_path / "netrc").write_text(
            "machine ours.example login me password secret\ndefault login me password secret\n"
        )
        for url in ("https://other.example/simple", "https://default/simple", "http://ours.example/simple"):
            (tmp_path / "uv.toml").write_text(f'index-url = "{url}"\n')
            assert read_index_settings(tmp_path, {"NETRC": str(tmp_path / "netrc")}).credentials == {}

    @pytest.mark.parametrize("url", ["http://[", "https://a.example:99999/", "file:///etc/passwd", "https://", "\0"])
    def test_what_is_no_web_url_is_no_index(self, tmp_path, url):
        (tmp_path / "uv.toml").write_text(f"index-url = {json.dumps(url)}\n")
        assert read_index_settings(tmp_path, {}, (url,)).urls == ("https://pypi.org/simple",)

    @pytest.mark.timeout(10)
    def test_a_pipe_in_place_of_settings_is_passed_over(self, tmp_path):
        os.mkfifo(tmp_path / "uv.toml")
        assert read_index_settings(tmp_path, {}).urls == ("https://pypi.org/simple",)

    @pytest.mark.parametrize(
        ("url", "is_own"),
        [
            ("http://127.0.0.1:3141/simple", True),
            ("http://localhost:3141/simple", True),
            ("http://[::1]:3141/simple", True),
            ("http://10.0.0.5/simple", False),
            ("http://169.254.169.254/simple", False),
            ("https://127.0.0.1.nip.example/simple", False),
        ],
    )
    def test_an_index_on_this_machine_counts_as_the_user_s_own(self, tmp_path, url, is_own):
        assert bool(read_index_settings(tmp_path, {}, (url,)).own - DEFAULTS) is is_own

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
