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

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore"),  # of the driver
]

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
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory, model_home):
    """A home with the model and two cartridges."""
    folder = tmp_path_factory.mktemp("browser") / "home"
    folder.mkdir()
    (folder / "models").symlink_to(model_home / "models")
    return folder


@pytest.fixture(scope="module")
def entered(chromium, home, write_package, embedder):
    """The address of a running `vrom explore`, and a browser context with its session."""
    write_package(home / "vroms", "kettle", GUIDE, embedder=embedder)
    write_package(home / "vroms", "hostile", HOSTILE, embedder=embedder, description=ATTACK, source="javascript:x")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VROM_")}
    command = [sys.executable, "-m", "vrom", "explore", "--no-browser"]
    with subprocess.Popen(
        command, env={**kept, "VROM_HOME": str(home)}, cwd=home, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            address = process.stderr.readline().split()[-1]
            context = chromium.new_context()
            page = context.new_page()
            page.goto(address)
            assert "Cartridges" in page.title(), "the cookie is sent after the redirect"
            page.close()
            yield re.match(r"http://[^/]+", address)[0], context
        finally:
            process.terminate()


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
    paths += [f"/explorer/{name}=hostile" for name in ("search?q=steam+frames&in", "map?cartridge", "check?cartridge")]
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
    page = browser.open("/explorer/build")
    page.get_by_label("Folder, file").fill(str(docs))
    page.get_by_role("button", name="Dry run").click()
    page.wait_for_selector("text=Nothing was written")
    assert not (home / "vroms" / "toaster").exists()
    browser.open("/explorer/build")
    page.get_by_label("Folder, file").fill(str(docs))
    page.get_by_label("Id").fill("toaster")
    page.get_by_role("button", name="Build", exact=True).click()
    page.wait_for_selector("text=/toaster .*: 1 chunk, /", timeout=60_000)
    browser.open("/explorer/search?q=brown+bread&in=toaster")
    assert "dial to four" in page.locator("article.passage").first.inner_text()
    browser.open("/explorer/cartridge/toaster")
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    page.wait_for_selector("text=is removed")
    assert not (home / "vroms" / "toaster").exists()


def test_a_cartridge_is_pulled_from_a_folder(browser, home, write_package, tmp_path):
    package = write_package(tmp_path, "teapot", GUIDE)
    page = browser.open("/explorer/")
    page.get_by_label("Id in a registry").fill(str(package))
    page.get_by_role("button", name="Pull", exact=True).click()
    page.wait_for_selector("text=teapot 1.0.0 is installed", timeout=30_000)
    browser.open("/explorer/cartridge/teapot")
    shutil.rmtree(home / "vroms" / "teapot")


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
    "/explorer/map?cartridge=kettle", "/explorer/check?cartridge=kettle", "/explorer/build", "/explorer/jobs",
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
