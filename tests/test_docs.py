"""What is written can't drift from what is there."""

import re
from pathlib import Path

import pytest
import typer

from vrom.builder.document import Document
from vrom.builder.sources.read import read_sources
from vrom.cli import make_app
from vrom.format.read import read_package
from vrom.markdown.headings import slug

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.glob("*.md")])
COMMANDS = DOCS / "commands.md"
GROUP = typer.main.get_command(make_app())


def prose(page: Path) -> str:
    return re.sub(r"^( *)(```|~~~).*?^\1\2", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#{1,6} (.+)$", prose(page), re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", prose(page)):
        file, _, anchor = target.partition("#")
        linked = page.parent / file if file else page
        assert linked.exists(), target
        assert not anchor or slug(anchor) in anchors(linked), target


def commands():
    for name, command in GROUP.commands.items():
        parts = getattr(command, "commands", {"": command})
        yield name, [option for part in parts.values() for param in part.params for option in param.opts]


@pytest.mark.parametrize(
    ("name", "options"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_and_option_is_documented(name, options):
    missing = [option for option in options if option.startswith("--") and f"`{option}" not in _section(name)]
    assert not missing


def test_a_number_or_word_that_an_option_has_by_default_is_the_documented_one():
    stated = dict(re.findall(r"^\| `(?:-\w`, `)?(--[\w-]+)` \| `?([\w.-]+)`? \|", _section("search"), re.MULTILINE))
    actual = {param.opts[0]: str(param.default) for param in GROUP.commands["search"].params}
    assert stated == {name: actual[name] for name in stated}
    assert stated["--top-k"] == "10"


def _section(name):
    match = re.search(rf"^## vrom {name}$(.*?)(?=^## |\Z)", COMMANDS.read_text(), re.MULTILINE | re.DOTALL)
    assert match, f"docs/commands.md has no section '## vrom {name}'"
    return match[1]


def test_every_variable_of_the_environment_is_documented():
    read = set(re.findall(r'"(VROM_[A-Z_]+)"', (ROOT / "server" / "vrom" / "settings.py").read_text()))
    documented = (DOCS / "configuration.md").read_text()
    assert read
    assert [name for name in sorted(read) if f"`{name}`" not in documented] == []


def test_the_bundled_cartridge_is_made_of_the_documentation_as_it_is():
    """When this fails: `uv run vrom build --yes --update vrom-guide`."""
    package = read_package(ROOT / "cartridges" / "vrom-guide")
    documents = [document for document in read_sources([DOCS]) if isinstance(document, Document)]
    assert {document.source_file for document in documents} == {chunk.source_file for chunk in package.chunks}
    for document in documents:
        held = [chunk.text for chunk in package.chunks if chunk.source_file == document.source_file]
        kept = "".join("".join(held).split())
        assert all("".join(line.split()) in kept for line in document.text.split("\n")), document.source_file


def test_the_passage_that_the_readme_quotes_is_where_it_says():
    quoted = re.search(r"> \*\*(.+)\*\* · vrom-guide#(\d+) · (\S+)", (ROOT / "README.md").read_text())
    chunk = read_package(ROOT / "cartridges" / "vrom-guide").chunks[int(quoted[2])]
    assert (" > ".join(chunk.path), chunk.source_file) == (quoted[1], quoted[3])
