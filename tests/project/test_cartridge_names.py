import pytest

from vrom.errors import InvalidArgumentError
from vrom.project.cartridge_names import cartridge_id, parse_dependency


@pytest.mark.parametrize(
    ("ecosystem", "name", "expected"),
    [
        ("pypi", "pydantic", "pydantic"),
        ("npm", "zod", "npm.zod"),
        ("npm", "@babel/core", "npm.babel__core"),
        ("cargo", "serde", "cargo.serde"),
        ("go", "github.com/gin-gonic/gin", "go.github.com__gin-gonic__gin"),
    ],
)
def test_each_ecosystem_has_ids_of_its_own(ecosystem, name, expected):
    assert cartridge_id(ecosystem, name) == expected


@pytest.mark.parametrize(
    ("ecosystem", "one", "other"),
    [
        ("npm", "@babel/core", "babel__core"),
        ("go", "a.b/c_/d", "a.b/c/_d"),
        ("go", "a.b/c__d/e", "a.b/c/d__e"),
        ("go", f"a.b/{'c' * 200}/d", f"a.b/{'c' * 200}/e"),
    ],
)
def test_no_name_gets_the_id_of_another_one(ecosystem, one, other):
    assert cartridge_id(ecosystem, one) != cartridge_id(ecosystem, other)
    assert max(len(cartridge_id(ecosystem, name)) for name in (one, other)) <= 128


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pydantic", ("pypi", "pydantic", "")),
        ("Typing_Extensions==4.1", ("pypi", "typing-extensions", "4.1")),
        ("httpx@0.27.2", ("pypi", "httpx", "0.27.2")),
        ("npm:zod", ("npm", "zod", "")),
        ("@babel/core@7.1.0", ("npm", "@babel/core", "7.1.0")),
        ("npm:@babel/core==7.1.0", ("npm", "@babel/core", "7.1.0")),
        ("go:github.com/gin-gonic/gin@v1.9.0", ("go", "github.com/gin-gonic/gin", "v1.9.0")),
    ],
)
def test_dependencies_are_named_as_their_tools_name_them(text, expected):
    found = parse_dependency(text)
    assert (found.ecosystem, found.name, found.version) == expected


@pytest.mark.parametrize("text", ["", "../x", "a b", "npm:", "a==1==2", "x" * 500, "npm:../../etc", "go:a/../b"])
def test_what_is_no_name_is_refused(text):
    with pytest.raises(InvalidArgumentError, match="is no dependency"):
        parse_dependency(text)
