"""References to docstrings in pages."""

import pytest

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.read import LocalContext, package_source, read_sources

CORE = '''"""Core of it."""

LIMIT: int = 3
"""The most."""


class Client:
    """A client.

    Args:
        port: Where it listens.
    """

    def __init__(self, port: int = 80): ...

    def get(self, path: str) -> bytes:
        """Get a path."""

    def put(self, path):
        """Put a path."""

    def _hidden(self):
        """Hide."""


def run(times: int) -> None:
    """Run it."""
'''
LIBRARY = {
    "src/lib/__init__.py": "from lib.core import Client, run\n__all__ = ['Client', 'run']\n",
    "src/lib/core.py": CORE,
}


def titles(text):
    return [line for line in text.split("\n") if line.startswith("#")]


@pytest.mark.parametrize(
    ("stub", "expected"),
    [
        ("[[autodoc]] Client", ["## lib.Client", "### lib.Client.get", "### lib.Client.put"]),
        ("[[autodoc]] lib.Client\n    - get", ["## lib.Client", "### lib.Client.get"]),
        ("[[autodoc]] lib.Client\n    - all", ["## lib.Client", "### lib.Client.get", "### lib.Client.put"]),
        ("[[autodoc]] lib.run [[autodoc]] core.run", ["## lib.run", "## lib.core.run"]),
        ("::: lib.core.run", ["## lib.core.run"]),
        ("## ::: lib.run", ["## lib.run"]),
        ("::: lib.Client\n    options:\n      members:\n        - put\n", ["## lib.Client", "### lib.Client.put"]),
        ("::: lib.Client\n    options:\n      members: false", ["## lib.Client"]),
        ("::: lib.core\n    options:\n      members: [LIMIT]", ["## lib.core", "### lib.core.LIMIT"]),
        ("```{autofunction} lib.run\n```", ["## lib.run"]),
        ("```{eval-rst}\n.. autoclass:: lib.Client\n   :members: get\n```", ["## lib.Client", "### lib.Client.get"]),
    ],
)  # fmt: skip
def test_docstrings_take_the_place_of_a_reference(expand, stub, expected):
    text = expand(f"# Page\n\nBefore.\n\n{stub}\n\nAfter.", LIBRARY)
    assert titles(text)[1:] == expected
    assert text.endswith("After.")
    assert "autodoc" not in text
    assert "_hidden" not in text
    assert expand.remarks == []


def test_signature_docstring_and_parameters(expand):
    assert expand("# Page\n\n::: lib.Client\n    options:\n      members: [get]", LIBRARY) == (
        "# Page\n\n## lib.Client\n\n```python\nclass Client(port: int = 80)\n```\n\nA client.\n\n**Parameters**\n\n"
        "- `port` (`int`) — Where it listens.\n\n### lib.Client.get\n\n```python\nget(path: str) -> bytes\n```\n\n"
        "Get a path."
    )


def test_the_heading_above_is_not_repeated(expand):
    assert titles(expand("# Page\n\n## `Client`\n\n[[autodoc]] lib.Client\n    - get", LIBRARY)) == [
        "# Page", "## `Client`", "### lib.Client.get",
    ]  # fmt: skip


RST = """
API
===

.. currentmodule:: lib

.. autosummary::
   :toctree: generated

   Client
   ~run

Classes
-------

.. autoclass:: Client
   :members:
   :exclude-members: put

   More about clients.
"""


def test_autodoc_and_autosummary_of_Sphinx(expand):
    text = expand(RST, LIBRARY, name="api.rst")
    assert "- `lib.Client` — A client.\n- `lib.run` — Run it." in text
    assert titles(text) == ["# API", "## Classes", "### lib.Client", "#### lib.Client.get"]
    assert text.endswith("More about clients.")


@pytest.mark.parametrize(("settings", "shown"), [("autodoc_default_options = {'members': True}", True), ("", False)])
def test_members_are_shown_where_Sphinx_is_told_to(expand, settings, shown):
    text = expand("A\n=\n\n.. autoclass:: lib.Client\n", {**LIBRARY, "docs/conf.py": settings}, name="a.rst")
    assert ("lib.Client.get" in text) == shown


@pytest.mark.parametrize(
    ("name", "text", "subject"),
    [
        (
            "a.md",
            "[[autodoc]] other.Thing\n    - x",
            "references to docstrings (add --package with the package that they belong to)",
        ),
        ("a.md", "::: other.Thing", "references to docstrings of other (add --package other)"),
        ("a.md", "::: lib.Nothing", "references to lib that its source does not have"),
        ("a.rst", ".. automodule:: other\n   :members:", "references to docstrings of other (add --package other)"),
        ("a.rst", ".. autofunction:: other.f(a, b)", "references to docstrings of other (add --package other)"),
    ],
)
def test_a_reference_without_its_package_is_left_out_and_named(expand, name, text, subject):
    assert expand(f"Before.\n\n{text}\n", LIBRARY, name=name) == "Before."
    assert [one[0] for one in expand.remarks] == [subject]


def test_a_page_of_nothing_but_references_is_skipped(build):
    assert "api.md" not in build({"docs/api.md": "# API\n\n::: other.Thing\n", "docs/b.md": "Text."})
    assert build.skipped["api.md"] == "only references to docstrings of other (add --package other)"


@pytest.mark.parametrize(
    "text", ["::: note\nText.\n:::", "::: tip Title\nText.\n:::", "`[[autodoc]] lib.run`", "```\n::: lib.run\n```"]
)
def test_what_is_no_reference_stays(include, text):
    assert include(text) == text


def test_the_environment_and_packages_beside_the_pages_count(tmp_path):
    for name, content in {
        "env/lib.py": CORE, "env/lib-1.0.dist-info/METADATA": "Name: lib\nVersion: 1.0\n",
        "env/lib-1.0.dist-info/RECORD": "lib.py,,\n", "docs/page.md": "Text.\n\n::: lib.run\n",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    context = LocalContext(site_packages=(tmp_path / "env",))
    for sources in ([tmp_path / "docs"], [tmp_path / "docs", package_source("lib")]):
        page = next(one for one in read_sources(sources, context=context) if isinstance(one, Document))
        assert "Run it." in page.text
    (page,) = read_sources([tmp_path / "docs"])
    assert page.text.strip() == "Text."


def test_a_package_that_links_out_of_the_source_is_not_read(build, tmp_path):
    (tmp_path / "secret.py").write_text('"""SECRET"""')
    (tmp_path / "project/lib").mkdir(parents=True)
    (tmp_path / "project/lib/__init__.py").touch()
    (tmp_path / "project/lib/x.py").symlink_to(tmp_path / "secret.py")
    page = build({"docs/a.md": "Text.\n\n::: lib.x"})["a.md"]
    assert "SECRET" not in page.text
    assert page.remarks


@pytest.mark.parametrize("code", ["def f(:", "x = " + "(" * 5_000, "from lib import a"])
def test_a_package_that_cannot_be_read_ends_no_build(build, code):
    found = build({"lib/__init__.py": code, "docs/a.md": "Text.\n\n::: lib.a", "docs/b.md": "More."})
    assert found["a.md"].text.strip() == "Text."
    assert not [one for one in found.values() if isinstance(one, Skipped)]
