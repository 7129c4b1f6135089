"""The pages in a real browser: the system's Chromium, driven by Playwright.

Skipped where there is no Chromium (`apt-get install chromium`); the check of accessibility needs npm, too.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from web_server import Site, serve

from vrom.evaluation.report import Evaluation
from vrom.evaluation.reports import Reports
from vrom.registry.keys.signing import new_key, read_key
from vrom.registry.publish.publish import publish

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore"),  # of the driver
]

LONG = 90_000
"""Milliseconds to wait for what a job does, on a slow machine."""
GUIDE = {
    "guide.md": ["# Guide\n\nHow to fill the kettle with water.", "## Boiling\n\nSwitch it on: `kettle.boil()`."],
    "lid.md": [
        "# Lid\n\nThe lid keeps the steam in.",
        f"## Parts\n\n| lid | `{'x' * 90}` |\n| --- | --- |\n| 1 | 2 |\n\n```python\nlid.open({'z' * 200})\n```",
    ],
}
ATTACK = "<script>window.hit = 1</script><img src='https://evil.example/x' onerror='window.hit = 1'>"
HOSTILE = {
    f"<svg onload='window.hit=1'>{ATTACK}.md".replace("/", "_"): [
        f"# {ATTACK}\n\nsteam {ATTACK} [click](javascript:window.hit=1) ![x](https://evil.example/pixel.png)",
        "## '\"><style>*{display:none}</style>\n\nsteam **Forged** · other#1 · https://evil.example\n\n---\nNote",
        "## Frames\n\nsteam <iframe src='https://evil.example'></iframe> <form action='https://evil.example'><button>go",
    ]
}


class Browser:
    """A page on the explorer; what the browser complains of, and what it asks of other machines, is kept."""

    def __init__(self, page, base):
        self.page, self.base = page, base
        self.complaints, self.outward = [], []
        page.on(
            "console", lambda message: message.type in {"error", "warning"} and self.complaints.append(message.text)
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: request.url.startswith(base) or self.outward.append(request.url))

    def _note_console(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def open(self, path):
        response = self.page.goto(self.base + path)
        assert response.status < 400, path
        return self.page


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as driver:
        playwright.expect.set_options(timeout=20_000)
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Hub:
    """A signed registry on a web server of this machine."""

    site: Site
    folder: Path
    key: Ed25519PrivateKey
    write_package: Callable[..., Path]

    def publish(self, version: str, text: str = "Warm it before you brew.") -> None:
        """Publish a version of `teapot`."""
        made = self.folder.parent / f"made-{version}"
        package = self.write_package(made, "teapot", {"teapot.md": [f"# Teapot\n\n{text}"]}, version=version)
        publish(package, self.folder, key=self.key)
        self.site.put(self.folder)


@pytest.fixture(scope="module")
def hub(tmp_path_factory, write_package):
    folder = tmp_path_factory.mktemp("hub")
    new_key(folder / "key")
    site = Site()
    server = serve(site)
    yield Hub(site, folder / "registry", read_key(folder / "key"), write_package)
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def home(tmp_path_factory, model_home):
    """A home with the model and two cartridges."""
    folder = tmp_path_factory.mktemp("browser") / "home"
    folder.mkdir()
    (folder / "models").symlink_to(model_home / "models")
    return folder


def write_evaluations(folder):
    """A hostile file of questions, and three reports on it."""
    question = {"id": ATTACK, "query": ATTACK, "set": ATTACK, "gold": [{"file": ATTACK, "heading": ATTACK}]}
    folder.mkdir()
    (folder / "odd.jsonl").write_text(json.dumps(question))
    figures = dict.fromkeys(("ndcg", "hit1", "hit5", "hit10", "mrr", "cov"), 0.5)
    answered = {"id": ATTACK, "query": ATTACK, "set": ATTACK, "cartridges": [ATTACK], "expected": [ATTACK]}
    answered |= {"figures": {"hybrid": figures, "lexical": figures}, "found": {"hybrid": [ATTACK], "lexical": []}}
    groups = {"all": figures | {"n": 15}, ATTACK: figures | {"n": 1}}
    for second in range(3):
        report = Evaluation(
            questions="odd",
            created_at=f"2026-01-01T00:00:0{second}Z",
            budget=2000,
            cartridges=[ATTACK],
            modes={"hybrid": groups, "lexical": groups},
            answered=[answered | {"id": f"{ATTACK}{i}"} for i in range(15)],
            left_out=[ATTACK],
        )
        Reports(folder / "reports").save(report)


@pytest.fixture(scope="module")
def entered(chromium, home, hub, write_package, embedder):
    """The address of a running `vrom explore`, and a browser context with its session."""
    write_package(home / "vroms", "kettle", GUIDE, embedder=embedder)
    write_package(home / "vroms", "hostile", HOSTILE, embedder=embedder, description=ATTACK, source="javascript:x")
    write_evaluations(home / "evaluation")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VROM_")}
    command = [sys.executable, "-m", "vrom", "explore", "--no-browser"]
    with subprocess.Popen(
        command,
        env={**kept, "VROM_HOME": str(home), "VROM_REGISTRY": hub.site.url("/registry.json")},
        cwd=home,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            address = process.stderr.readline().split()[-1]
            context = chromium.new_context()
            page = context.new_page()
            page.goto(address)
            assert "Cartridges" in page.title(), "the cookie is sent after the redirect"
            base = re.match(r"http://[^/]+", address)[0]
            run_dry(page, base, home / "docs")
            page.close()
            yield base, context
        finally:
            process.terminate()


def run_dry(page, base, docs):
    """Do a first job, of a folder with a page and with what would be left out."""
    docs.mkdir()
    (docs / "page.md").write_text("# Page\n\nText.\n")
    (docs / f"{'long' * 30}.odt").write_bytes(b"PK")
    (docs / "picture.png").write_bytes(b"PNG")
    page.goto(f"{base}/explorer/build")
    page.get_by_label("Folder, file").fill(str(docs))
    page.get_by_role("button", name="Dry run").click()
    page.wait_for_selector("text=Nothing was written", timeout=LONG)


@pytest.fixture
def browser(entered):
    base, context = entered
    found = Browser(context.new_page(), base)
    yield found
    found.page.close()
    assert found.outward == [], "no request leaves this machine"
    assert found.complaints == []


def test_cartridges_are_filtered_as_one_types(browser):
    page = browser.open("/explorer/")
    assert page.locator("tbody tr").count() == 3, "vrom's own guide comes with it"
    page.get_by_label("Filter by id").fill("kettle")
    playwright.expect(page.locator("tbody tr")).to_have_count(1)
    assert page.url.endswith("?q=kettle")


def test_searching_as_one_types_and_side_by_side_makes_a_link_to_share(browser):
    page = browser.open("/explorer/search")
    page.get_by_label("Question, exact name").fill("how to boil")
    page.wait_for_selector("article.passage")
    page.get_by_label("Side by side").check()
    playwright.expect(page.locator("section.column")).to_have_count(2)
    shared = page.url
    assert "q=how%20to%20boil" in shared
    assert "side=1" in shared
    page.goto(shared)
    assert page.locator("section.column").count() == 2
    page.locator("article.passage a").first.click()
    playwright.expect(page.locator("section.chunk.wanted")).to_have_count(1)


def test_the_theme_is_that_of_the_system_until_the_reader_chooses(browser):
    page = browser.open("/explorer/")
    background = "getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(background)
    page.get_by_role("button", name="light and dark").click()
    light = page.evaluate(background)
    assert dark != light
    page.reload()
    assert page.evaluate(background) == light
    page.evaluate("localStorage.clear()")


@pytest.mark.parametrize("view", ["chunks", "rendered", "text"])
def test_a_hostile_cartridge_does_nothing(browser, view):
    page = browser.open("/explorer/")
    page.get_by_role("link", name="hostile").click()
    page.locator("tbody a").first.click()
    paths = [page.url.removeprefix(browser.base) + f"&view={view}", f"/explorer/search?q={ATTACK}&in={ATTACK}"]
    names = ("search?q=steam+frames&in", "map?query=steam&graph=1&cartridge", "names?cartridge", "check?cartridge")
    paths += [f"/explorer/{name}=hostile" for name in names]
    paths += [
        f"/explorer/quality/{name}" for name in ("report?questions=odd", "questions?file=odd", f"keep?q={ATTACK}")
    ]
    for path in paths:
        browser.open(path)
        assert page.evaluate("window.hit") is None
        assert page.locator("main :is(script, img, iframe, style, [onload], [onerror])").count() == 0
        addresses = page.eval_on_selector_all("a", "all => all.map(a => a.href.baseVal ?? a.href)")
        assert all(address.startswith(("http:", "https:", "/")) for address in addresses)
        assert page.locator("h1").is_visible()
        targets = page.eval_on_selector_all("form", "all => all.map(f => new URL(f.action).origin)")
        assert set(targets) <= {browser.base}


def test_a_folder_is_built_and_searched_and_removed(browser, home, tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "toaster.md").write_text("# Toaster\n\nHow to brown the bread: set the dial to four.\n")
    (docs / "old.odt").write_bytes(b"PK")
    page = browser.open("/explorer/build")
    page.get_by_label("Folder, file").fill(str(docs))
    page.get_by_label("Id").fill("toaster")
    page.get_by_role("button", name="Dry run").click()
    page.wait_for_selector("text=Nothing was written", timeout=LONG)
    assert "*.odt" in page.locator("section", has=page.locator("#missing")).inner_text()
    assert not (home / "vroms" / "toaster").exists()
    page.get_by_role("button", name="Build for good").click()
    page.wait_for_selector("text=/toaster .* is built: 1 chunk, /", timeout=LONG)
    assert page.locator(".stages-list li.done").count() == 5
    page.get_by_label("Search it at once").fill("brown bread")
    page.get_by_label("Search it at once").press("Enter")
    assert "dial to four" in page.locator("article.passage").first.inner_text()
    browser.open("/explorer/cartridge/toaster")
    assert "Made on this machine." in page.locator(".facts").inner_text()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    page.wait_for_selector("text=is removed", timeout=LONG)
    assert not (home / "vroms" / "toaster").exists()


def test_a_cartridge_is_pulled_from_a_registry_over_http_then_updated_and_removed(browser, home, hub):
    hub.publish("1.0.0")
    page = browser.open("/explorer/")
    page.get_by_role("button", name="Read the lists").click()
    page.wait_for_selector("text=1 registry lists 1 cartridge", timeout=LONG)
    page = browser.open("/explorer/")
    row = page.locator("tr", has_text="teapot")
    assert "signed" in row.inner_text()
    row.get_by_role("button", name="Pull").click()
    page.wait_for_selector("text=teapot 1.0.0 is installed", timeout=LONG)
    page.get_by_role("link", name="Open teapot").click()
    assert "the key that this machine trusts for it" in page.locator(".facts").inner_text()
    hub.publish("1.1.0", "Rinse it, then warm it before you brew.")
    page.get_by_role("button", name="Update").click()
    page.wait_for_selector("text=teapot 1.1.0 is new", timeout=LONG)
    page.get_by_label("Search it at once").fill("rinse")
    page.get_by_label("Search it at once").press("Enter")
    assert "Rinse it" in page.locator("article.passage").first.inner_text()
    page = browser.open("/explorer/cartridge/teapot")
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    page.wait_for_selector("text=is removed", timeout=LONG)
    assert not (home / "vroms" / "teapot").exists()


def test_all_cartridges_are_updated_at_once_without_scripts(entered, chromium, home, hub):
    hub.publish("3.0.0")
    base, context = entered
    plain = chromium.new_context(java_script_enabled=False, storage_state=context.storage_state())
    page = plain.new_page()
    page.goto(f"{base}/explorer/")
    page.get_by_label("Id in a registry").fill("teapot")
    page.get_by_role("button", name="Pull", exact=True).last.click()
    until_shown(page, "teapot 3.0.0 is installed")
    page.goto(f"{base}/explorer/")
    assert page.get_by_role("button", name="Update all").count() == 0
    hub.publish("3.1.0")
    page.get_by_role("button", name="Read the lists").click()
    until_shown(page, "1 registry lists 1 cartridge")
    page.goto(f"{base}/explorer/")
    page.get_by_role("button", name="Update all").click()
    until_shown(page, "1 updated.")
    row = page.locator("tbody tr", has_text="teapot")
    assert "3.0.0 → 3.1.0" in row.inner_text()
    row.get_by_role("link", name="teapot").click()
    assert "3.1.0" in page.locator(".facts").inner_text()
    plain.close()
    shutil.rmtree(home / "vroms" / "teapot")


def until_shown(page, text):
    """Load a page without scripts again until it shows this."""
    deadline = time.monotonic() + LONG / 1000
    while page.get_by_text(text).count() == 0:
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        page.wait_for_timeout(200)
        page.reload()


def test_a_download_is_cancelled_with_the_keyboard_alone_and_leaves_nothing(browser, home, hub):
    hub.publish("2.0.0")
    release = threading.Event()

    def hold(handler, content):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        for part in range(0, len(content), 200):  # slowly, so that there is something to cancel
            handler.wfile.write(content[part : part + 200])
            handler.wfile.flush()
            release.wait(0.05)

    (entry,) = json.loads((hub.folder / "registry.json").read_bytes())["vroms"]
    paths = [file["url"] for file in entry["compressed"].values()] + list(entry["files"].values())
    for path in paths:
        hub.site.fail(f"/{path}", hold)
    page = browser.open("/explorer/")
    tab_to(page, "pull-id")
    page.keyboard.type("teapot@2.0.0")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=downloading", timeout=LONG)
    tab_to(page, "cancel")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Nothing half-made is left", timeout=LONG)
    release.set()
    assert [path.name for path in (home / "vroms").glob("*teapot*") if path.suffix != ".lock"] == []


def tab_to(page, name):
    """Press the tab key until the element with this id has the focus."""
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == name:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{name} can't be reached by keyboard")


def test_the_dependencies_of_a_project_are_listed_and_made_and_searched(browser, home, release, write_lock, tmp_path):
    release("1.0")
    project = write_lock(tmp_path / "shop")
    page = browser.open("/explorer/project")
    page.get_by_label("Folder of the project").fill(str(project))
    page.get_by_role("button", name="Show").click()
    row = page.locator("tr", has=page.get_by_text("kettle", exact=True))
    assert "would be made" in row.inner_text()
    page.get_by_role("button", name="Dry run").click()
    page.wait_for_selector("text=Nothing was written", timeout=LONG)
    page.get_by_role("button", name="Add for good").click()
    page.wait_for_selector("text=1 added.", timeout=LONG)
    playwright.expect(page.get_by_label("Search it at once")).to_be_visible(timeout=LONG)
    page.get_by_label("Search it at once").fill("fill the kettle")
    page.get_by_label("Search it at once").press("Enter")
    assert "fill(litres: float)" in page.locator("#results").inner_text()
    browser.open(f"/explorer/project?folder={project}")
    assert "there" in row.inner_text()
    shutil.rmtree(home / "vroms" / "kettle@1.0", ignore_errors=True)


def test_a_question_is_kept_and_asked_in_an_evaluation(browser, home, tmp_path):
    page = browser.open("/explorer/search?q=how+to+boil&in=kettle")
    page.get_by_role("link", name="Keep this question").click()
    page.get_by_label("Boiling").check()
    page.get_by_label("Label").fill("words")
    page.get_by_role("button", name="Keep", exact=True).click()
    playwright.expect(page.get_by_role("link", name="how to boil")).to_be_visible()
    kept = home / "evaluation" / "kept.jsonl"
    assert json.loads(kept.read_text())["gold"][0]["heading"] == "Boiling"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "kept.jsonl"
    download.value.save_as(tmp_path / "mine.jsonl")
    assert (tmp_path / "mine.jsonl").read_bytes() == kept.read_bytes()
    page.get_by_label("Add a file").set_input_files(tmp_path / "mine.jsonl")
    page.get_by_role("button", name="Add", exact=True).click()
    playwright.expect(page.get_by_role("heading", name="mine 1")).to_be_visible()
    page.get_by_role("button", name="Evaluate").click()
    page.get_by_role("link", name="Show the result of Evaluation of mine").click(timeout=60_000)
    assert "guide.md: Boiling" in page.locator(".questions li").first.inner_text()


def test_what_a_search_finds_is_lit_and_the_graph_is_measured_meanwhile(browser):
    page = browser.open("/explorer/search?q=steam&in=kettle")
    page.get_by_role("link", name="kettle", exact=True).click()
    playwright.expect(page.get_by_role("link", name="lid.md, hit 1")).to_be_visible()
    playwright.expect(page.locator("#graph")).to_contain_text("Recall@10", timeout=30_000)


def test_names_are_filtered_as_one_types(browser):
    page = browser.open("/explorer/names?cartridge=vrom-guide&kind=names")
    assert page.locator(".names li").count() > 10
    page.get_by_label("Filter by a part").fill("allow-private")
    playwright.expect(page.locator(".names li").first).to_contain_text("--allow-private")
    page.locator(".names a").first.click()
    playwright.expect(page.locator("section.chunk.wanted")).to_contain_text("--allow-private")


def test_it_works_without_scripts(entered, chromium):
    base, context = entered
    plain = chromium.new_context(java_script_enabled=False, storage_state=context.storage_state())
    page = plain.new_page()
    page.goto(f"{base}/explorer/")
    page.get_by_label("Filter by id").fill("kettle")
    page.get_by_role("button", name="Filter").click()
    assert page.locator("tbody tr").count() == 1
    page.goto(f"{base}/explorer/search")
    page.get_by_label("Question, exact name").fill("how to boil")
    page.get_by_role("button", name="Search").click()
    assert page.locator("article.passage").count() > 0
    page.goto(f"{base}/explorer/names?cartridge=vrom-guide")
    page.get_by_label("Filter by a part").fill("--allow")
    page.get_by_role("button", name="Filter").click()
    assert page.locator(".names li").count() > 0
    page.goto(f"{base}/explorer/map?cartridge=vrom-guide")
    page.get_by_role("link", name="Measure it").click()
    assert "Recall@10" in page.locator("#graph").inner_text()
    page.goto(f"{base}/explorer/quality/keep?q=boil")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("button", name="Remove boil").click()
    assert page.get_by_role("link", name="boil", exact=True).count() == 0
    plain.close()


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_no_page_is_wider_than_the_window(browser, width):
    browser.page.set_viewport_size({"width": width, "height": 740})
    for path in PATHS:
        page = browser.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


PATHS = [
    "/explorer/", "/explorer/search?q=how+to+boil", "/explorer/search?q=lid&side=1", "/explorer/cartridge/kettle",
    "/explorer/document?cartridge=kettle&file=lid.md", "/explorer/document?cartridge=kettle&file=lid.md&view=rendered",
    "/explorer/map?cartridge=vrom-guide&graph=1", "/explorer/map?cartridge=kettle&query=lid", "/explorer/build",
    "/explorer/names?cartridge=vrom-guide", "/explorer/check?cartridge=kettle", "/explorer/jobs", "/explorer/quality",
    "/explorer/quality/questions", "/explorer/quality/keep?q=lid", "/explorer/quality/report?questions=odd",
    "/explorer/packages", "/explorer/project", "/explorer/jobs/1",
]  # fmt: skip


@pytest.fixture(scope="module")
def axe(make_once):
    """The source of axe-core, from its npm package."""
    if shutil.which("npm") is None:
        pytest.skip("axe-core comes from npm, which is not installed")

    def fetch(folder):
        command = ["npm", "pack", "axe-core@4", "--silent"]
        if subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False).returncode:
            return
        with tarfile.open(next(folder.glob("*.tgz"))) as packed:
            (folder / "axe.min.js").write_bytes(packed.extractfile("package/axe.min.js").read())

    file = make_once("axe-core", fetch) / "axe.min.js"
    if not file.exists():
        pytest.skip("axe-core could not be fetched")
    return file.read_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_on_the_pages_is_hard_to_reach_or_read(browser, axe, theme):
    browser.page.emulate_media(color_scheme=theme)
    for path in PATHS:
        page = browser.open(path)
        found = page.evaluate(axe + ";axe.run()")["violations"]
        serious = [one for one in found if one["impact"] in {"serious", "critical"}]
        assert serious == [], f"{path}: {json.dumps(serious, indent=1)[:2000]}"
