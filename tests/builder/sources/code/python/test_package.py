"""Installed Python distributions as sources, read without importing them."""

import sys
from textwrap import dedent
from typing import ClassVar

import pytest

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.code.python.api import find_public_modules, load_module
from vrom.builder.sources.code.python.package import find_distribution, read_distribution
from vrom.builder.sources.read import package_source, read_sources
from vrom.errors import BuildError


@pytest.fixture
def documents_of(tmp_path, monkeypatch):
    """Install a package of these files, by the metadata that pip would write, and read it."""

    def documents_of(files, readme="", kind="text/markdown", imports=False):
        for name, content in files.items():
            file = tmp_path / "invented" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(content))
        info = tmp_path / "invented-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: invented\nVersion: 1.2\nDescription-Content-Type: {kind}\n"
            f"Project-URL: Documentation, https://example.org/docs\n\n{readme}"
        )
        (info / "RECORD").write_text("".join(f"invented/{name},,\n" for name in files))
        monkeypatch.syspath_prepend(tmp_path)
        return {
            one.source_file: one
            for one in read_distribution(find_distribution("invented"), imports=imports)
            if isinstance(one, Document)
        }

    yield documents_of
    assert "invented" not in sys.modules, "it was imported"


def test_functions_stand_under_their_module_by_their_dotted_names(documents_of):
    documents = documents_of(
        {
            "__init__.py": '"""The package."""\nraise RuntimeError("imported")\n',
            "core.py": '''
                """Core things."""

                def load(path: str, *, strict: bool = False) -> dict:
                    """Load a file.

                    Args:
                        path: Where it is.
                        strict: Fail on errors.

                    Returns:
                        What was in it.
                    """

                def undocumented(): ...

                def _private():
                    """Not for others."""
            ''',
        }
    )
    assert list(documents) == ["invented", "invented.core"]
    assert documents["invented.core"].title == "invented.core"
    assert documents["invented.core"].text == (
        "# invented.core\n\nCore things.\n\n"
        "## invented.core.load\n\n```python\nload(path: str, *, strict: bool = False) -> dict\n```\n\nLoad a file.\n\n"
        "**Parameters**\n\n- `path` (`str`) — Where it is.\n- `strict` (`bool`) — Fail on errors.\n\n"
        "**Returns**\n\n- `dict` — What was in it.\n\n"
        "## invented.core: without documentation\n\n```python\nundocumented()\n```\n"
    )


def test_parameters_may_be_documented_in_their_annotations(documents_of):
    documents = documents_of(
        {
            "__init__.py": """
                from typing import Annotated
                from typing_extensions import Doc

                def put(key: Annotated[str, Doc('''
                            The name.

                            It must not be empty.
                            ''')], *, ttl: Annotated[int, Doc("Seconds.")] = 300) -> bool: ...
            """,
        }
    )
    assert documents["invented"].text == (
        "# invented\n\n## invented.put\n\n```python\nput(key: str, *, ttl: int = 300) -> bool\n```\n\n"
        "**Parameters**\n\n- `key` — The name.\n\n  It must not be empty.\n- `ttl` — Seconds.\n"
    )


def test_a_class_is_a_document_with_its_public_methods(documents_of):
    documents = documents_of(
        {
            "__init__.py": '''
                class Trainer(Base):
                    """Trains."""

                    beta: float = 0.1
                    """The strength."""

                    def __init__(self, model: str, steps: int = 5): ...

                    @classmethod
                    def load(cls, path):
                        """Load one."""

                    @property
                    def loss(self) -> float:
                        """The loss."""

                    def _step(self):
                        """Private."""
            '''
        }
    )
    text = documents["invented.Trainer"].text
    assert text.startswith("# invented.Trainer\n\n```python\nclass Trainer(model: str, steps: int = 5)\n```\n\nTrains.")
    assert "## invented.Trainer.beta\n\n```python\nbeta: float = 0.1\n```\n\nThe strength." in text
    assert "## invented.Trainer.load\n\n```python\n@classmethod\nload(path)\n```\n\nLoad one." in text
    assert "## invented.Trainer.loss\n\n```python\n@property\nloss: float\n```\n\nThe loss." in text
    assert "_step" not in text


def test_what_a_module_offers_from_a_private_one_stands_under_the_public_name(documents_of):
    function = 'def load():\n    """Load."""\n'
    documents = documents_of(
        {
            "__init__.py": 'from ._core import load\nfrom os import path\n__all__ = ["load", "path"]\n',
            "_core.py": function,
            "other.py": "from ._core import load\n",
        }
    )
    assert list(documents) == ["invented"]
    assert "## invented.load" in documents["invented"].text


@pytest.mark.timeout(60)
def test_names_that_lead_in_circles_or_nowhere_are_left_out(documents_of):
    documents = documents_of(
        {
            "__init__.py": '"""Text."""\nfrom .a import x\nfrom .missing import y\nfrom invented import z as z\n',
            "a.py": "from .b import x\n",
            "b.py": "from .a import x\n",
            "broken.py": "def (:\n",
        }
    )
    assert list(documents) == ["invented"]


@pytest.mark.parametrize(
    ("docstring", "markdown"),
    [
        ("Do.\n\nParameters\n----------\nx : int\n    A number.", "Do.\n\n**Parameters**\n\n- `x` (`int`) — A number."),
        ("Do.\n\n:param x: A number.\n:returns: Another.", "Do.\n\n- `x` — A number.\n- **returns** — Another."),
        ("Do ``this`` with :class:`~a.B`.", "Do `this` with `B`."),
        ("Do::\n\n    x = 1\n\nDone.", "Do:\n\n```\nx = 1\n```\n\nDone."),
        ("# Heading\n\nText with `code`.", "**Heading**\n\nText with `code`."),
        ("```python\n# comment\n```", "```python\n# comment\n```"),
        ("Do.\n\nExample:\n    >>> do()\n    1", "Do.\n\n> **Example**\n>\n> >>> do()\n> 1"),
        ("Do.\n\nRaises:\n    ValueError: If not.", "Do.\n\n**Raises**\n\n- `ValueError` — If not."),
        (
            "Do.\n\nExamples:\n    Like this:\n\n    >>> do()\n    1",
            "Do.\n\n**Examples**\n\nLike this:\n\n```python\n>>> do()\n1\n```",
        ),
    ],
)
def test_docstrings_of_every_style_become_markdown(documents_of, docstring, markdown):
    indented = docstring.replace("\n", "\n    ")
    documents = documents_of({"__init__.py": f'def do(x):\n    """{indented}"""\n'})
    assert documents["invented"].text.partition("```\n\n")[2].strip() == markdown


def test_a_long_signature_has_a_line_for_each_parameter(documents_of):
    parameters = ", ".join(f"parameter_{number}: dict[str, int] = {{}}" for number in range(4))
    documents = documents_of({"__init__.py": f'def do({parameters}) -> None:\n    """Do."""\n'})
    assert "do(\n    parameter_0: dict[str, int] = {},\n" in documents["invented"].text
    assert "= {},\n) -> None\n```" in documents["invented"].text


def test_only_the_first_overloads_are_shown(documents_of):
    overloads = "".join(f"@overload\ndef do(x: int, y{n}: int) -> int: ...\n" for n in range(5))
    documents = documents_of({"__init__.py": f'from typing import overload\n{overloads}def do(x):\n    """Do."""\n'})
    assert "do(x: int, y2: int) -> int\n# and 2 more overloads" in documents["invented"].text


@pytest.mark.parametrize(("kind", "readme"), [("text/markdown", "# Lib\n\nText."), ("text/x-rst", "Lib\n===\n\nText.")])
def test_the_readme_comes_from_the_metadata(documents_of, kind, readme):
    found = documents_of({"__init__.py": ""}, readme, kind)["invented/README"]
    assert (found.title, found.text.strip(), found.url) == (
        "invented 1.2",
        "# Lib\n\nText.",
        "https://example.org/docs",
    )


def test_the_version_is_recorded(documents_of):
    documents_of({"__init__.py": '"""Text."""'})
    origins = []
    list(read_sources([package_source("invented")], record=origins.append))
    assert [(one.source, one.version) for one in origins] == [("package:invented", "1.2")]


def test_a_distribution_that_is_not_installed_is_an_error_with_the_nearest_name():
    with pytest.raises(BuildError, match="'pydantic'"):
        next(read_sources([package_source("pydntic")]))


@pytest.mark.slow
def test_the_real_pydantic_is_read():
    documents = {
        one.source_file: one for one in read_distribution(find_distribution("pydantic")) if isinstance(one, Document)
    }
    text = documents["pydantic.BaseModel"].text
    validate = text.partition("## pydantic.BaseModel.model_validate\n")[2].partition("\n## ")[0]
    assert "strict: bool | None = None" in validate
    assert "- `strict` (`bool | None`) — Whether to enforce types strictly." in validate
    assert documents["pydantic/README"].title == f"pydantic {find_distribution('pydantic').version}"


def test_of_several_public_names_the_shortest_counts(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "__init__.py").write_text("from .deep import thing\n")
    (tmp_path / "lib" / "deep.py").write_text('def thing():\n    """Thing."""\n')
    modules = {module.name: list(module.members) for module in find_public_modules(load_module("lib", tmp_path))}
    assert modules == {"lib": ["lib.thing"], "lib.deep": []}


class TestStubs:
    """Compiled modules have no other source."""

    NATIVE: ClassVar = {
        "__init__.py": """
            from ._native import *
            from . import _native
            from .shapes import circle
            __all__ = ["boil", "pour", "Pot", "LIMIT", "circle"]
        """,
        "__init__.pyi": "from ._native import Pot as Pot, boil as boil, pour as pour\nLIMIT: int\n",
        "shapes.py": 'from ._native import circle as circle\n__all__ = ["circle"]\n',
        "_native.pyi": """
            from typing import overload
            def boil(water: float, /, *, lid: bool = ...) -> float: ...
            @overload
            def pour(cup: int) -> int: ...
            @overload
            def pour(cup: str) -> str: ...
            class Pot:
                def fill(self, litres: float) -> None: ...
        """,
    }

    def test_give_the_signatures_of_what_is_compiled(self, documents_of):
        text = documents_of(self.NATIVE)["invented"].text
        assert "## invented.boil\n\n```python\nboil(water: float, /, *, lid: bool = ...) -> float\n```" in text
        assert "## invented.pour\n\n```python\npour(cup: int) -> int\npour(cup: str) -> str\n```" in text
        assert "LIMIT: int" in text

    def test_what_they_do_not_document_is_remarked(self, documents_of):
        documents = documents_of(self.NATIVE)
        remarks = [one for name in ("invented", "invented.Pot") for one in documents[name].remarks]
        assert {one.example for one in remarks} == {f"invented.{n}" for n in ("boil", "pour", "Pot", "circle")}
        assert all(one.lost and "--import" in one.subject for one in remarks)

    def test_what_has_no_stub_is_named_and_remarked(self, documents_of):
        text = documents_of(self.NATIVE)["invented"].text
        assert "## invented.circle\n\n```python\nfrom invented.shapes import circle\n```" in text

    def test_those_of_a_package_of_stubs_are_used(self, documents_of, tmp_path):
        (tmp_path / "invented-stubs").mkdir()
        (tmp_path / "invented-stubs" / "__init__.pyi").write_text("def boil(water: float) -> float: ...\n")
        documents = documents_of({"__init__.py": 'from ._native import boil\n__all__ = ["boil"]\n'})
        assert "## invented.boil\n\n```python\nboil(water: float) -> float\n```" in documents["invented"].text

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize("stub", ["def (:\n", "from .a import x\nfrom . import x\n", "x = " + "(" * 5000 + "\n"])
    def test_broken_ones_cost_nothing(self, documents_of, stub):
        documents = documents_of({"__init__.py": '"""Tea."""\nfrom .a import x\n__all__ = ["x"]\n', "a.pyi": stub})
        assert documents["invented"].text.startswith("# invented\n\nTea.")

    def test_pure_python_without_documentation_is_no_loss(self, documents_of):
        documents = documents_of({"__init__.py": "from .a import boil\n", "a.py": "def boil(water): ...\n"})
        assert documents["invented"].text == "# invented\n\n## invented.boil\n\n```python\nboil(water)\n```\n"
        assert documents["invented"].remarks == ()

    def test_what_python_makes_is_not_taken_for_compiled(self, documents_of):
        documents = documents_of({"__init__.py": 'from .a import X\n__all__ = ["X"]\n', "a.py": "X, Y = 1, 2\n"})
        assert "## invented.X" in documents["invented"].text
        assert documents["invented"].remarks == ()

    def test_the_documentation_of_a_function_that_a_stub_calls_an_attribute_is_kept(self, documents_of):
        documents = documents_of(
            {
                "__init__.py": 'from .a import boil\n__all__ = ["boil"]\n',
                "a.py": 'def boil(water):\n    """Heat it."""\n',
                "a.pyi": "def cook(water): ...\nboil = cook\n",
            }
        )
        assert "## invented.boil\n\n```python\nboil(water)\n```\n\nHeat it." in documents["invented"].text


class TestNames:
    def test_internals_that_all_does_not_reach_are_left_out_and_counted(self, documents_of):
        documents = documents_of(
            {
                "__init__.py": 'from .core import boil\nfrom . import cups\n__all__ = ["boil", "cups"]\n',
                "core.py": 'def boil():\n    """Boil."""\n\ndef warm_up():\n    """Internal."""\n',
                "cups.py": 'def fill():\n    """Fill."""\n',
            }
        )
        text = "".join(document.text for document in documents.values())
        assert "## invented.boil" in text
        assert "## invented.cups.fill" in text
        assert "warm_up" not in text

    def test_lists_of_names_may_be_put_together_from_those_of_others(self, documents_of):
        documents = documents_of(
            {
                "__init__.py": "from .a import *\nfrom .a import __all__ as more\n__all__ = [*more, 'pour']\n"
                'def pour():\n    """Pour."""\n',
                "a.py": '__all__ = ["boil"]\ndef boil():\n    """Boil."""\n',
            }
        )
        assert "## invented.boil" in documents["invented"].text
        assert "## invented.pour" in documents["invented"].text

    def test_other_names_of_an_object_are_listed(self, documents_of):
        documents = documents_of(
            {
                "__init__.py": 'from ._a import boil, boil as cook\n__all__ = ["boil", "cook"]\n',
                "_a.py": 'def boil():\n    """Boil."""\n',
            }
        )
        assert "Also available as `invented.cook`." in documents["invented"].text
        assert documents["invented"].text.count("Boil.") == 1

    def test_the_same_documentation_of_several_names_is_written_once(self, documents_of):
        text = "Heat the water until it boils, then wait for half a minute."
        functions = "".join(f'def {name}(water):\n    """{text}"""\n' for name in ("boil", "cook"))
        written = documents_of({"__init__.py": functions})["invented"].text
        assert written.count(text) == 1
        assert (
            "## invented.cook\n\n```python\ncook(water)\n```\n\nThe same documentation as `invented.boil`." in written
        )

    def test_exported_classes_without_documentation_have_a_section(self, documents_of):
        documents = documents_of(
            {
                "__init__.py": 'from .a import DryBoil\n__all__ = ["DryBoil"]\n',
                "a.py": "class DryBoil(Exception): ...\n",
            }
        )
        section = "## invented.DryBoil\n\n```python\nclass DryBoil(Exception)\n```"
        assert section in documents["invented"].text

    def test_what_is_deprecated_says_so(self, documents_of):
        documents = documents_of(
            {
                "__init__.py": """
                    from warnings import deprecated

                    @deprecated("Use boil.")
                    def cook():
                        \"\"\"Cook.\"\"\"
                """
            }
        )
        assert "```python\n@deprecated('Use boil.')\ncook()\n```" in documents["invented"].text


class TestFields:
    def test_descriptions_of_fields_are_read(self, documents_of):
        documents = documents_of(
            {
                "__init__.py": """
                    class Cup(BaseModel):
                        size: int = Field(default=2, description="Size in decilitres.")
                        colour: Annotated[str, Field(max_length=9, description="Colour outside.")]
                        lid: bool = field(default=False, doc="Whether it has a lid.")
                        handle: bool
                """
            }
        )
        text = documents["invented.Cup"].text
        assert "## invented.Cup.size\n\n" in text
        assert "Size in decilitres.\n\n## invented.Cup.colour" in text
        assert "colour: Annotated[str, Field(max_length=9)]\n```\n\nColour outside." in text
        assert "Whether it has a lid." in text
        assert "## invented.Cup: without documentation\n\n```python\nhandle: bool\n```" in text

    def test_choices_are_listed(self, documents_of):
        documents = documents_of({"__init__.py": "class Colour(Enum):\n    RED = 1\n    BLUE = 2\n"})
        assert "```python\nRED = 1\nBLUE = 2\n```" in documents["invented.Colour"].text


class TestImport:
    """What the source doesn't document is asked of the interpreter, if the user says so."""

    FILES: ClassVar = {
        "__init__.py": """
            import sys
            print("Ready.")
            sys.stdout.write('{"invented.boil": ["no", "no", "no"]}')
            boil = type("boil", (), {"__call__": lambda self, water: water})()
            boil.__doc__ = "Heat water until it boils.\\n\\n- ``water``: in litres."
            LIMIT = 3
            __all__ = ["boil", "LIMIT"]
        """
    }

    def test_its_documentation_is_written(self, documents_of):
        text = documents_of(self.FILES, imports=True)["invented"].text
        assert "## invented.boil\n\n```python\nboil(water)\n```\n\nHeat water until it boils." in text
        assert "LIMIT = 3" in text, "the documentation of int is none of LIMIT"

    def test_without_it_nothing_is_imported(self, documents_of):
        assert "Heat water" not in documents_of(self.FILES)["invented"].text

    def test_that_it_fails_is_told(self, documents_of, monkeypatch):
        monkeypatch.setattr("vrom.builder.sources.code.python.interpreter.SECONDS", 1.0)
        documents_of({"__init__.py": "import os\nos._exit(3)\ndef boil(): ...\n"})
        found = read_distribution(find_distribution("invented"), imports=True)
        [one] = [one for one in found if isinstance(one, Skipped)]
        assert (one.name, one.reason[:36]) == ("invented", "only its source was read: importing ")

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize("end", ["raise RuntimeError", "import os; os._exit(3)", "while True: pass"])
    def test_a_package_that_cannot_be_imported_is_read_without(self, documents_of, monkeypatch, end):
        monkeypatch.setattr("vrom.builder.sources.code.python.interpreter.SECONDS", 1.0)
        files = {"__init__.py": f"def boil(): ...\nx = 1\n{end}\n", "a.py": 'def pour():\n    """Pour."""\n'}
        assert "Pour." in documents_of(files, imports=True)["invented.a"].text
