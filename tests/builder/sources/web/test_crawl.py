"""Documentation on the web, from a real server on this machine."""

import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.read import read_sources
from vrom.builder.sources.web.options import WebOptions
from vrom.builder.sources.web.urls import document_name, is_below, page_key


class Site:
    """Pages by path: a body, or (status, headers, body). Every request is noted."""

    def __init__(self):
        self.pages = {}
        self.requests = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True

            def do_GET(self):
                site.requests.append((self.path, dict(self.headers)))
                status, headers, body = site.answer(self.path, self.headers)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def answer(self, path, headers):
        page = self.pages.get(path, (404, {}, b""))
        if not isinstance(page, tuple):
            kind = "text/plain" if path.endswith(".txt") else "text/markdown" if path.endswith(".md") else "text/html"
            page = (200, {"Content-Type": f"{kind}; charset=utf-8"}, page)
        status, fields, body = page
        if fields.get("ETag") and headers.get("If-None-Match") == fields["ETag"]:
            return 304, {}, b""
        return status, fields, body if isinstance(body, bytes) else body.encode()

    def asked(self):
        return [path for path, _ in self.requests if path != "/robots.txt"]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


def page(title, *links):
    return (
        f"<main><h1>{title}</h1><p>Text of {title}.</p>"
        + "".join(f'<a href="{link}">x</a>' for link in links)
        + "</main>"
    )


def read(site, path, prefix="", **options):
    return list(read_sources([site.url + path], prefix, web=WebOptions(allow_private=True, pause=0.0, **options)))


def names(found):
    return [one.source_file for one in found if isinstance(one, Document)]


def reasons(site, found):
    return {one.name.removeprefix(site.url): (one.reason, one.failed) for one in found if isinstance(one, Skipped)}


class TestOnePage:
    def test_it_is_read_as_what_the_server_says_it_is(self, site):
        site.pages = {"/docs/a.html": page("A"), "/b.md": "# B\n\nText.", "/c.txt": "# C\n\nText."}
        [a] = read(site, "/docs/a.html", "p")
        assert (a.source_file, a.title, a.url) == ("p/docs/a.html", "A", site.url + "/docs/a.html")
        assert [read(site, path)[0].title for path in ("/b.md", "/c.txt")] == ["B", "C"]

    def test_the_charset_of_the_header_is_that_of_the_page(self, site):
        site.pages = {"/a": (200, {"Content-Type": "text/plain; charset=KOI8-R"}, "# Да, да".encode("koi8-r"))}
        [document] = read(site, "/a")
        assert (document.title, document.remarks) == ("Да, да", ())

    def test_links_are_not_followed_without_crawl(self, site):
        site.pages = {"/a": page("A", "/b"), "/b": page("B")}
        assert names(read(site, "/a")) == ["a"]

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            ((404, {}, b""), "status 404"),
            ((200, {"Content-Type": "image/png"}, b"x"), "unsupported type image/png"),
            ((200, {"Content-Type": "text/html"}, b"<script>x</script>"), "no text besides scripts"),
            ((200, {"Content-Type": "text/html"}, b""), "empty"),
            ((302, {"Location": "/a"}, b""), "redirects"),
        ],
    )
    def test_what_gives_no_document_is_named_with_the_reason(self, site, answer, reason):
        site.pages = {"/a": answer}
        [(why, _)] = reasons(site, read(site, "/a")).values()
        assert reason in why

    def test_a_page_that_can_t_be_had_is_a_failure_and_one_without_text_is_none(self, site):
        site.pages = {"/a": (200, {"Content-Type": "text/html"}, b"<script>x</script>")}
        assert reasons(site, read(site, "/a"))["/a"][1] is False
        assert reasons(site, read(site, "/b"))["/b"][1] is True

    @pytest.mark.slow
    def test_a_server_that_isn_t_there_is_a_failure(self):
        [found] = read_sources(["http://127.0.0.1:1/a"], web=WebOptions(allow_private=True, pause=0.0))
        assert isinstance(found, Skipped)
        assert found.failed


class TestPrivateAddresses:
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "0.0.0.0"])
    def test_they_are_refused(self, host):
        [found] = read_sources([f"http://{host}:9/a"])
        assert "--allow-private" in found.reason
        assert found.failed

    def test_nothing_is_asked_of_them(self, site):
        site.pages = {"/a": page("A")}
        list(read_sources([site.url + "/a"]))
        assert site.requests == []


class TestRobots:
    def test_what_it_disallows_is_not_fetched(self, site):
        site.pages = {"/robots.txt": "User-agent: *\nDisallow: /b*", "/": page("A", "/b1"), "/b1": page("B")}
        found = read(site, "/", crawl=True)
        assert names(found) == ["index"]
        assert "robots.txt" in reasons(site, found)["/b1"][0]
        assert reasons(site, found)["/b1"][1] is False, "one page that is refused doesn't end a build"
        assert reasons(site, read(site, "/b1"))["/b1"][1] is True
        assert "/b1" not in site.asked()

    def test_a_site_whose_robots_txt_fails_is_left_alone(self, site):
        site.pages = {"/robots.txt": (403, {}, b""), "/a": page("A")}
        assert names(read(site, "/a")) == ["a"]

    def test_it_is_asked_for_once(self, site):
        site.pages = {"/": page("A", "/b", "/c"), "/b": page("B"), "/c": page("C")}
        read(site, "/", crawl=True)
        assert [path for path, _ in site.requests].count("/robots.txt") == 1


class TestCrawl:
    def test_links_are_followed_on_the_site_below_the_start(self, site):
        site.pages = {
            "/docs/": page("Start", "a", "/docs/b#x", "/docs/b", "/blog/", "http://example.invalid/docs/", "pic.png"),
            "/docs/a": page("A", "deep/c"),
            "/docs/b": page("B", "/docs/"),
            "/docs/deep/c": page("C"),
            "/blog/": page("Blog"),
        }
        assert names(read(site, "/docs/", crawl=True)) == ["docs/index", "docs/a", "docs/b", "docs/deep/c"]
        assert len(site.asked()) == len(set(site.asked())) == 4

    def test_depth_and_number_of_pages_are_limited(self, site):
        site.pages = {f"/d/{n}": page(str(n), f"{n + 1}", f"x{n}") for n in range(9)}
        site.pages |= {f"/d/x{n}": page("x") for n in range(9)} | {"/d/": page("S", "0")}
        assert names(read(site, "/d/", crawl=True, max_depth=2)) == ["d/index", "d/0", "d/1", "d/x0"]
        found = read(site, "/d/", crawl=True, max_pages=4)
        assert len(names(found)) == 4
        [beyond] = [one for one in found if isinstance(one, Skipped)]
        assert (beyond.reason, beyond.lost, beyond.failed) == ("only the first 4 pages were read", True, False)
        assert (beyond.count, beyond.way_round) == (2, "set --max-pages")

    def test_patterns_choose_the_pages(self, site):
        site.pages = {"/": page("S", "/a/1", "/a/2", "/b/1"), "/a/1": page("1"), "/a/2": page("2"), "/b/1": page("3")}
        assert names(read(site, "/", crawl=True, include=("/a/*",), exclude=("*2",))) == ["index", "a/1"]

    def test_a_page_that_fails_is_named_and_the_rest_is_read(self, site):
        site.pages = {"/": page("S", "/gone", "/a"), "/a": page("A")}
        found = read(site, "/", crawl=True)
        assert names(found) == ["index", "a"]
        assert reasons(site, found) == {"/gone": ("status 404", True)}

    def test_two_addresses_of_one_page_give_one_document(self, site):
        site.pages = {"/": page("S", "/old", "/new"), "/old": (301, {"Location": "/new"}, b""), "/new": page("New")}
        assert names(read(site, "/", crawl=True)) == ["index", "new"]

    def test_a_link_that_leads_out_of_the_site_s_part_is_left(self, site):
        site.pages = {
            "/docs/": page("S", "/docs/a"),
            "/docs/a": (302, {"Location": "/login"}, b""),
            "/login": page("L"),
        }
        assert names(read(site, "/docs/", crawl=True)) == ["docs/index"]


class TestAddressesOfOnePage:
    @pytest.mark.parametrize(
        "other",
        [
            "/docs/a?utm_source=mail&utm_medium=x", "/docs/a?gclid=1", "/docs/a?fbclid=1&ref=home", "/docs/a/",
            "/docs/a/index.html", "/docs/a/INDEX.HTM", "/docs/a#part", "/docs/a?", "/docs/./b/../a", "/docs/%61",
        ],
    )  # fmt: skip
    def test_they_give_one_document(self, site, other):
        site.pages = {"/docs/": page("S", "/docs/a", other), "/docs/a": page("A"), other: page("A")}
        assert names(read(site, "/docs/", crawl=True)) == ["docs/index", "docs/a"]
        assert len(site.asked()) == 2

    def test_scheme_port_and_case_of_the_host_make_no_difference(self):
        assert page_key("HTTP://WWW.Docs.Example:80/a") == page_key("https://docs.example:443/a/?ref=x")

    def test_the_order_of_parameters_makes_none_and_their_values_do(self):
        assert page_key("https://x.org/a?b=1&a=2") == page_key("https://x.org/a?a=2&b=1")
        assert page_key("https://x.org/a?b=1") != page_key("https://x.org/a?b=2")
        assert page_key("https://x.org/a") != page_key("https://x.org/A")

    def test_a_page_that_states_another_query_as_its_own_is_that_page(self, site):
        head = '<html><head><link rel="canonical" href="/a"></head><body>{}</body></html>'
        site.pages = {
            "/": page("S", "/a?print=1", "/a?lang=en", "/a"),
            "/a": page("A"),
            "/a?print=1": head.format(page("A")),
            "/a?lang=en": head.format(page("A")),
        }
        assert names(read(site, "/", crawl=True)) == ["index", "a"]

    def test_a_site_that_states_its_first_page_as_every_page_s_own_is_read_all_the_same(self, site):
        head = '<html><head><link href="/" rel="canonical"></head><body>{}</body></html>'
        site.pages = {"/": head.format(page("S", "/a", "/b")), **{f"/{n}": head.format(page(n)) for n in "ab"}}
        assert names(read(site, "/", crawl=True)) == ["index", "a", "b"]


class TestTheEncodingOfTheHeader:
    @pytest.mark.parametrize(
        ("charset", "text"),
        [
            ("iso-8859-1", "Überlauf – »voll«"), ("windows-1251", "Чайник кипит"), ("Shift_JIS", "やかんが沸く"),
            ('"gb2312"', "水壶烧开了"), ("koi8-r", "Чайник"), ("iso-2022-jp", "やかん"), ("utf-8", "Überlauf"),
        ],
    )  # fmt: skip
    def test_is_used(self, site, charset, text):
        encoding = {"iso-8859-1": "cp1252"}.get(charset, charset.strip('"'))
        body = f"<main><h1>Tea</h1><p>{text}</p></main>".encode(encoding)
        site.pages = {"/a": (200, {"Content-Type": f"text/html; charset={charset}"}, body)}
        assert text in read(site, "/a")[0].text

    @pytest.mark.parametrize("charset", ["iso-8859-1", "nonsense", "zip", "punycode", ""])
    def test_does_not_spoil_what_is_utf_8(self, site, charset):
        site.pages = {"/a": (200, {"Content-Type": f"text/html; charset={charset}"}, page("Überlauf").encode())}
        assert "Text of Überlauf." in read(site, "/a")[0].text


class TestEndlessSites:
    @pytest.mark.timeout(60)
    def test_a_calendar_without_end_is_left_at_the_limits(self, site):
        class Calendar(dict):
            def get(self, path, default=None):
                if path == "/robots.txt":
                    return default
                month = int(path.rpartition("=")[2] or 0) if "=" in path else 0
                return page(f"Month {month}", f"/cal?m={month + 1}", f"/cal?m={month - 1}")

        site.pages = Calendar()
        found = read(site, "/cal", crawl=True, max_pages=8)
        assert len(names(found)) == 8
        assert "only the first 8 pages" in next(iter(reasons(site, found).values()))[0]
        assert len(names(read(site, "/cal", crawl=True, max_depth=1))) == 3

    def test_relative_links_that_go_round_in_circles_are_left(self, site):
        class Circle(dict):
            def get(self, path, default=None):
                return default if path == "/robots.txt" else page("A", "x/a/")

        site.pages = Circle()
        assert len(names(read(site, "/", crawl=True, max_depth=50))) == 4


class TestRedirects:
    def test_one_to_another_site_is_named_and_not_read(self, site):
        other = Site()
        try:
            other.pages = {"/b": page("B")}
            site.pages = {"/": page("S", "/a"), "/a": (302, {"Location": f"{other.url}/b"}, b"")}
            found = read(site, "/", crawl=True)
            site.pages["/sitemap.xml"] = "<urlset><loc>/a</loc><loc>/</loc></urlset>"
            listed = read(site, "/sitemap.xml")
        finally:
            other.close()
        assert names(found) == names(listed) == ["index"]
        assert f"redirects to {other.url}/b" in reasons(site, found)["/a"][0]
        assert f"redirects to {other.url}/b" in reasons(site, listed)["/a"][0]


def test_a_page_whose_reader_fails_is_named_and_the_rest_is_read(site, monkeypatch):
    def fail(text, name):
        raise IndexError

    monkeypatch.setattr("vrom.builder.sources.web.content.read_markdown", fail)
    site.pages = {"/": page("S", "/a.md", "/b"), "/a.md": "# A", "/b": page("B")}
    found = read(site, "/", crawl=True)
    assert names(found) == ["index", "b"]
    assert reasons(site, found)["/a.md"] == ("its reader fails: IndexError", False)


@pytest.mark.parametrize("start", ["http://[", "http://x:99999/", "http://", "https:///a", "http://x:abc/"])
def test_an_address_that_is_none_is_named(start):
    [found] = read_sources([start])
    assert (found.name, found.failed) == (start, True)


class TestLists:
    def test_the_pages_of_a_sitemap_are_read_and_of_those_it_lists(self, site):
        entry = "<url><loc>{}</loc></url>".format
        site.pages = {
            "/sitemap.xml": f"<sitemapindex><sitemap><loc>{site.url}/sitemap-1.xml.gz</loc></sitemap></sitemapindex>",
            "/sitemap-1.xml.gz": (
                200,
                {"Content-Type": "application/gzip"},
                gzip.compress(f"<urlset>{entry(site.url + '/a?x=1&amp;y=2')}{entry('/b')}</urlset>".encode()),
            ),
            "/a?x=1&y=2": page("A"),
            "/b": page("B"),
        }
        assert names(read(site, "/sitemap.xml")) == ["a?x=1&y=2", "b"]

    @pytest.mark.timeout(60)
    def test_a_sitemap_that_lists_itself_comes_to_an_end(self, site):
        site.pages = {"/sitemap.xml": f"<sitemapindex><loc>{site.url}/sitemap.xml</loc></sitemapindex>"}
        assert read(site, "/sitemap.xml") == []

    @pytest.mark.parametrize("location", ["\n /a\n", "<![CDATA[/a]]>", " <![CDATA[ /a ]]> "])
    def test_an_address_in_a_sitemap_may_be_framed(self, site, location):
        site.pages = {"/sitemap.xml": f"<urlset><loc></loc><loc>{location}</loc></urlset>", "/a": page("A")}
        assert names(read(site, "/sitemap.xml")) == ["a"]

    def test_sitemaps_count_among_the_pages(self, site):
        listed = "".join(f"<loc>/sitemap-{number}.xml</loc>" for number in range(50))
        empty = {f"/sitemap-{number}.xml": "<urlset></urlset>" for number in range(50)}
        site.pages = {"/sitemap.xml": f"<sitemapindex>{listed}</sitemapindex>", **empty}
        found = read(site, "/sitemap.xml", max_pages=5)
        assert len(site.asked()) == 5
        assert all(one.lost and "only the first 5 pages" in one.reason for one in found)

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize(
        ("name", "hostile"),
        [("/sitemap.xml", "<loc>"), ("/sitemap.xml", "<loc> "), ("/llms.txt", "]("), ("/llms.txt", "](a")],
    )
    def test_a_list_that_was_made_to_be_searched_for_ever_comes_to_an_end(self, site, name, hostile):
        site.pages = {name: hostile * 200_000 + " " * 100_000}
        read(site, name, max_pages=3)

    def test_the_pages_of_an_llms_txt_are_read(self, site):
        site.pages = {
            "/llms.txt": f"# Lib\n\n- [A](/a.md): text\n- [B]({site.url}/b.md#x)\n- [C](http://example.invalid/c.md)\n",
            "/a.md": "# A\n\nText.",
            "/b.md": "# B\n\nText.",
        }
        assert names(read(site, "/llms.txt")) == ["a.md", "b.md"]

    def test_an_llms_full_txt_is_parted_into_its_pages(self, site):
        site.pages = {"/llms-full.txt": "# A\n\nText.\n\n# B\n\nText."}
        assert names(read(site, "/llms-full.txt")) == ["llms-full.txt/a", "llms-full.txt/b"]


class TestCache:
    def test_a_page_that_has_not_changed_is_not_sent_again(self, site, tmp_path):
        site.pages = {"/a": (200, {"Content-Type": "text/html", "ETag": '"1"'}, page("A"))}
        first = read(site, "/a", cache=tmp_path)
        second = read(site, "/a", cache=tmp_path)
        assert first == second
        assert [headers.get("If-None-Match") for path, headers in site.requests if path == "/a"] == [None, '"1"']

    def test_a_page_that_has_changed_is(self, site, tmp_path):
        site.pages = {"/a": (200, {"Content-Type": "text/html", "ETag": '"1"'}, page("A"))}
        read(site, "/a", cache=tmp_path)
        site.pages = {"/a": (200, {"Content-Type": "text/html", "ETag": '"2"'}, page("B"))}
        [document] = read(site, "/a", cache=tmp_path)
        assert document.title == "B"

    def test_an_interrupted_crawl_goes_on_where_it_was(self, site, tmp_path):
        site.pages = {"/": page("S", "/a", "/b"), "/a": page("A"), "/b": page("B")}
        options = WebOptions(allow_private=True, pause=0.0, crawl=True, cache=tmp_path)
        begun = read_sources([site.url + "/"], web=options)
        next(begun), next(begun)
        begun.close()
        site.requests.clear()
        assert names(read(site, "/", crawl=True, cache=tmp_path)) == ["index", "a", "b"]
        assert site.asked() == ["/b"]

    def test_a_crawl_that_ended_asks_for_every_page_again(self, site, tmp_path):
        site.pages = {"/": page("S", "/a"), "/a": page("A")}
        read(site, "/", crawl=True, cache=tmp_path)
        site.requests.clear()
        read(site, "/", crawl=True, cache=tmp_path)
        assert site.asked() == ["/", "/a"]

    def test_a_damaged_file_in_the_cache_is_as_none(self, site, tmp_path):
        site.pages = {"/a": page("A")}
        read(site, "/a", cache=tmp_path)
        for file in tmp_path.rglob("*"):
            if file.is_file():
                file.write_bytes(b"{broken")
        assert names(read(site, "/a", cache=tmp_path)) == ["a"]


def test_requests_keep_their_distance(site):
    site.pages = {"/": page("S", "/a"), "/a": page("A")}
    begun = time.monotonic()
    list(read_sources([site.url + "/"], web=WebOptions(allow_private=True, pause=0.2, crawl=True)))
    assert time.monotonic() - begun >= 0.2


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://x.org", "index"),
        ("https://x.org/docs/", "docs/index"),
        ("https://x.org/docs/a.html", "docs/a.html"),
        ("https://x.org/a%20b?p=1", "a b?p=1"),
    ],
)
def test_a_page_is_named_by_its_path(url, name):
    assert document_name(url) == name


@pytest.mark.parametrize(
    ("url", "scope", "below"),
    [
        ("https://x.org/docs/a", "https://x.org/docs/", True),
        ("https://x.org/docs/a", "https://x.org/docs", True),
        ("https://x.org/docs/a", "https://x.org/docs/index.html", True),
        ("https://x.org/docs2", "https://x.org/docs", False),
        ("https://x.org/", "https://x.org/docs/", False),
        ("http://x.org/docs/a", "https://x.org/docs/", True),
        ("https://www.x.org:443/docs/a", "https://X.org/docs/", True),
        ("https://x.org:8443/docs/a", "https://x.org/docs/", False),
        ("https://y.org/docs/a", "https://x.org/docs/", False),
        ("https://x.org/anything", "https://x.org", True),
    ],
)
def test_what_is_below_an_address(url, scope, below):
    assert is_below(url, scope) is below
