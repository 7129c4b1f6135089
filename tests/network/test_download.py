"""Downloads from a server that fails in every way: each ends with the whole file, or with none and a reason."""

import gzip
import hashlib
import random

import pytest

from vrom.errors import HubError, MismatchError, TransferError
from vrom.network.addresses import origin_of
from vrom.network.download import Digest, Downloads
from vrom.network.retry import ATTEMPTS

CONTENT = random.Random(1).randbytes(300_000)
OTHER = random.Random(2).randbytes(300_000)
DIGEST = Digest(sha256=hashlib.sha256(CONTENT).hexdigest(), size=len(CONTENT))
WITH_AND_WITHOUT = pytest.mark.parametrize("digest", [DIGEST, None], ids=["with digest", "without"])


@pytest.fixture
def site(site):
    site.files["/file"] = CONTENT
    return site


@pytest.fixture
def fetch(site, downloads, tmp_path):
    def fetch(digest=None, **options) -> bytes:
        downloads.fetch(site.url("/file"), tmp_path / "file", digest, **options)
        return (tmp_path / "file").read_bytes()

    yield fetch
    left = [path.suffix for path in (tmp_path / "downloads").glob("*")]
    assert (tmp_path / "file").exists() <= (left == []), "nothing is left of a download that is done"


@WITH_AND_WITHOUT
def test_a_file_comes_as_it_is(fetch, digest):
    assert fetch(digest) == CONTENT


@WITH_AND_WITHOUT
@pytest.mark.parametrize("count", [0, 1, 65_536, 299_999])
def test_a_connection_that_ends_early_is_taken_up_where_it_ended(fetch, site, digest, count):
    site.fail("/file", site.dropped_after(count))
    assert fetch(digest) == CONTENT
    assert site.requests("/file")[1].headers.get("range") == (f"bytes={count}-" if count else None)


@WITH_AND_WITHOUT
def test_it_may_end_early_many_times_as_long_as_each_brings_something(fetch, site, digest):
    site.fail("/file", *[site.dropped_after(10_000)] * 20)
    assert fetch(digest) == CONTENT
    assert len(site.requests("/file")) == 21


def test_a_later_process_goes_on_with_what_an_earlier_one_has_left(fetch, site, network, tmp_path):
    site.fail("/file", site.dropped_after(200_000), *[site.dropped_after(0)] * ATTEMPTS)
    with pytest.raises(TransferError):
        fetch()
    site.asked.clear()
    Downloads(network, tmp_path / "downloads", 10_000_000).fetch(site.url("/file"), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert [asked.headers["range"] for asked in site.asked] == ["bytes=200000-"]


@WITH_AND_WITHOUT
def test_content_that_changes_between_requests_is_never_mixed(fetch, site, digest):
    site.fail("/file", site.instead(OTHER), site.dropped_after(1))
    site.fail(
        "/file", lambda handler, content: (handler.answer(OTHER, sent=1000), setattr(handler, "close_connection", True))
    )
    assert fetch(digest) == CONTENT


def test_content_that_changes_unnoticed_is_fetched_anew_when_the_digest_shows_it(fetch, site):
    site.etags = False
    site.fail(
        "/file", lambda handler, content: (handler.answer(OTHER, sent=1000), setattr(handler, "close_connection", True))
    )
    assert fetch(DIGEST) == CONTENT
    assert [asked.headers.get("range") for asked in site.asked] == [None, "bytes=1000-", None]


def test_without_a_validator_and_a_digest_it_begins_anew(fetch, site):
    site.etags = False
    site.fail("/file", site.dropped_after(1000))
    assert fetch() == CONTENT
    assert [asked.headers.get("range") for asked in site.asked] == [None, None]


@WITH_AND_WITHOUT
def test_a_server_without_ranges_sends_the_whole_again(fetch, site, digest):
    site.ranges = False
    site.fail("/file", site.dropped_after(1000))
    assert fetch(digest) == CONTENT


def test_other_content_than_promised_is_refused_and_not_kept(fetch, site, tmp_path):
    site.files["/file"] = OTHER
    with pytest.raises(MismatchError, match="expected 300,000 bytes with") as failure:
        fetch(DIGEST)
    assert "Nothing was installed" in str(failure.value)
    assert not (tmp_path / "file").exists()
    assert list((tmp_path / "downloads").iterdir()) == []


@pytest.mark.parametrize("difference", [-1000, 1000])
def test_a_wrong_length_is_noticed(fetch, site, tmp_path, difference):
    site.fail("/file", *[site.wrong_length(difference)] * 50)
    with pytest.raises((MismatchError, TransferError)):
        fetch(DIGEST)
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_a_server_in_trouble_is_asked_again_after_a_pause_that_grows(fetch, site, pauses, code):
    site.fail("/file", site.status(code), site.status(code), site.status(code))
    assert fetch() == CONTENT
    assert pauses == sorted(pauses)
    assert 0.5 <= pauses[0] <= 1


def test_the_pause_is_as_long_as_the_server_wants(fetch, site, pauses):
    site.fail("/file", site.status(429, Retry_After="7"), site.status(503, Retry_After="Fri, 01 Jan 2010 00:00:00 GMT"))
    assert fetch() == CONTENT
    assert pauses[0] == 7
    assert pauses[1] < 2


def test_a_server_that_wants_to_be_left_alone_for_long_is(fetch, site, pauses):
    site.fail("/file", site.status(429, Retry_After="3600"))
    with pytest.raises(TransferError, match="wait 3600 seconds"):
        fetch()
    assert pauses == []


def test_we_give_up_after_some_tries(fetch, site):
    site.fail("/file", *[site.status(500)] * 50)
    with pytest.raises(TransferError, match="status 500"):
        fetch()
    assert len(site.asked) == ATTEMPTS


def test_a_server_that_is_not_there_is_said_to_be_out_of_reach(network):
    said = r"http://127\.0\.0\.1:9/file cannot be reached \(.*\)\. Check the URL"
    with pytest.raises(TransferError, match=said) as failure, network.get("http://127.0.0.1:9/file"):
        pass
    assert failure.value.again


@pytest.mark.parametrize("code", [400, 404, 410, 418])
def test_a_refusal_is_final(fetch, site, code):
    site.fail("/file", site.status(code))
    with pytest.raises(TransferError, match=f"status {code}"):
        fetch()
    assert len(site.asked) == 1


@pytest.mark.parametrize("code", [401, 403])
def test_a_refusal_for_want_of_a_key_says_how_to_give_one(fetch, site, code):
    site.fail("/file", site.status(code))
    with pytest.raises(TransferError, match="VROM_API_KEY or use --header"):
        fetch()


@pytest.mark.timeout(60)
def test_a_server_that_falls_silent_is_taken_up_again(fetch, site):
    site.fail("/file", site.slow(2.0, 1000))
    assert fetch() == CONTENT
    assert site.requests("/file")[1].headers["range"] == "bytes=1000-"


@pytest.mark.timeout(60)
def test_a_server_that_trickles_is_taken_up_again(site, network, tmp_path):
    site.fail("/file", site.slow(0.3, 100))
    downloads = Downloads(network, tmp_path / "downloads", 10_000_000, patience=0.2)
    site.fail("/file", lambda handler, content: handler.answer(content[:200], declared=len(content), pause=(100, 0.3)))
    downloads.fetch(site.url("/file"), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert len(site.asked) == 2


def test_a_file_that_is_too_large_is_not_begun(fetch, site, downloads):
    downloads.limit = 1000
    with pytest.raises(
        TransferError, match=r"has at least 300,000 bytes, more than the limit of 1,000.*VROM_MAX_DOWNLOAD"
    ):
        fetch()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("digest", "error", "said"),
    [
        (None, TransferError, "more than the limit of 100,000"),
        (Digest(sha256="0" * 64, size=1000), MismatchError, "bytes, expected 1,000. Nothing was installed"),
    ],
)
def test_a_file_without_end_is_cut_off(fetch, site, downloads, tmp_path, digest, error, said):
    site.fail("/file", site.endless())
    with pytest.raises(error, match=said):
        fetch(digest, limit=100_000)
    assert len(site.asked) == 1
    assert not any(path.stat().st_size > 200_000 for path in (tmp_path / "downloads").iterdir())


def test_a_server_that_compresses_unasked_is_understood(fetch, site):
    packed = gzip.compress(CONTENT)
    site.fail("/file", lambda handler, _: handler.send(200, packed, {"Content-Encoding": "gzip", "ETag": '"x"'}))
    assert fetch(DIGEST) == CONTENT


def test_a_file_that_was_complete_when_a_process_was_killed_is_not_fetched_again(fetch, site, downloads, tmp_path):
    site.fail("/file", site.dropped_after(299_999), *[site.status(500)] * ATTEMPTS)
    with pytest.raises(TransferError):
        fetch()
    (part,) = (tmp_path / "downloads").glob("*.part")
    part.write_bytes(CONTENT)
    site.asked.clear()
    assert fetch() == CONTENT
    assert [asked.headers["range"] for asked in site.asked] == ["bytes=300000-"], "416: there is no more"


def test_a_part_file_that_somebody_has_changed_is_noticed(fetch, site, tmp_path):
    site.fail("/file", site.dropped_after(1000), *[site.status(500)] * ATTEMPTS)
    with pytest.raises(TransferError):
        fetch(DIGEST)
    (part,) = (tmp_path / "downloads").glob("*.part")
    part.write_bytes(OTHER)
    assert fetch(DIGEST) == CONTENT


def test_a_disk_that_refuses_is_said_to(site, downloads, tmp_path):
    (tmp_path / "downloads").write_text("in the way")
    with pytest.raises(HubError, match="Cannot write"):
        downloads.fetch(site.url("/file"), tmp_path / "file")


def test_progress_counts_bytes(fetch, site):
    seen = []
    site.fail("/file", site.dropped_after(100_000))
    fetch(progress=lambda *report: seen.append(report))
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert seen[-1] == ("downloading", 300_000, 300_000)


class TestOtherAddresses:
    """Redirects: credentials stay with their origin, and the public never leads into the private."""

    @pytest.fixture
    def downloads(self, site, new_network, tmp_path):
        key = {origin_of(site.url("/")): {"x-api-key": "secret", "Authorization": "Bearer secret"}}
        return Downloads(new_network(key), tmp_path / "downloads", 10_000_000)

    def test_a_key_is_sent_to_its_origin(self, fetch, site):
        fetch()
        assert site.asked[0].headers["x-api-key"] == "secret"

    def test_a_key_is_never_sent_to_another_origin(self, fetch, site, new_site):
        other = new_site(files={"/file": CONTENT})
        site.fail("/file", site.redirect(other.url("/file")))
        assert fetch() == CONTENT
        assert not {"x-api-key", "authorization", "cookie"} & other.asked[0].headers.keys()

    def test_within_its_origin_it_is(self, fetch, site):
        site.files["/other"] = CONTENT
        site.fail("/file", site.redirect("/other", 301))
        assert fetch() == CONTENT
        assert site.asked[1].headers["x-api-key"] == "secret"

    def test_back_at_its_origin_it_is_sent_again(self, fetch, site, new_site):
        other = new_site(files={"/file": b""})
        site.files["/other"] = CONTENT
        other.fail("/file", site.redirect(site.url("/other")))
        site.fail("/file", site.redirect(other.url("/file")))
        assert fetch() == CONTENT
        assert site.requests("/other")[0].headers["x-api-key"] == "secret"

    def test_a_public_address_may_not_lead_to_a_private_one(self, fetch, site):
        site.fail("/file", site.redirect(site.url("/file", "127.0.0.2")))
        with pytest.raises(TransferError, match="a private address"):
            fetch()
        assert len(site.asked) == 1, "it wasn't even asked"

    def test_nor_by_a_name(self, fetch, site):
        site.fail("/file", site.redirect(site.url("/file", "0.0.0.0")))
        with pytest.raises(TransferError, match="a private address"):
            fetch()

    def test_a_private_address_that_the_user_names_may(self, site, downloads, tmp_path):
        site.files["/other"] = CONTENT
        site.fail("/file", site.redirect(site.url("/other", "127.0.0.3")))
        downloads.fetch(site.url("/file", "127.0.0.2"), tmp_path / "file")
        assert (tmp_path / "file").read_bytes() == CONTENT

    @pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/plain,x"])
    def test_only_the_web_is_led_to(self, fetch, site, target):
        site.fail("/file", site.redirect(target))
        with pytest.raises(TransferError, match="not a web URL"):
            fetch()

    @pytest.mark.timeout(60)
    def test_a_circle_ends(self, fetch, site):
        site.fail("/file", *[site.redirect("/file")] * 50)
        with pytest.raises(TransferError, match="more than 5 redirects"):
            fetch()
