"""Packages that try to make their reader fail, loop or leave the folder: each is read as far as it can be."""

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.code.javascript import api, syntax
from vrom.builder.sources.code.javascript.exports import resolve
from vrom.builder.sources.code.javascript.package import read_npm_package

pytestmark = pytest.mark.slow

ONE = "export declare const one: 1;"
NESTED = '{"a":' * 100_000 + "1" + "}" * 100_000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b"\xff\xfe{}",
        b"\x00",
        NESTED.encode(),
        b'{"version": ' + b"9" * 10_000 + b"}",
    ],
    ids=lambda content: repr(content[:12]),
)
def test_a_package_json_that_is_no_object_is_skipped_and_the_rest_is_read(package, content):
    package.write({"index.d.ts": ONE, "README.md": "Text."})
    (package.folder / "package.json").write_bytes(content)
    assert "package.json" in package.skipped()
    assert list(package.documents()) == ["README.md", "invented"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "manifest",
    [
        {"name": 5, "version": [], "types": {}, "homepage": {}},
        {"name": "../../up", "version": "9" * 10_000},
        {"types": "../../../etc/passwd"},
        {"types": "/etc/passwd"},
        {"types": "a\0b"},
        {"types": "x" * 100_000},
        {"exports": {".": {"types": "../other/index.d.ts"}}},
        {"exports": {"./*": "../*"}},
        {"exports": {"./*": "/*"}},
        {"exports": {"./a*": "./*/*/*"}},
        {"exports": {f"./{number}": "./index.js" for number in range(100_000)}},
        {"exports": {f"./{number}/*": "./*" for number in range(200)}},
        {"exports": [[[[[[[[[[[["./index.js"]]]]]]]]]]]]},
        {"exports": {".": None, "./a": 5, "./b": [None, 7]}},
        {"imports": {"#a": {"types": {"types": 5}}, "#b": "../../b"}, "typesVersions": {"*": {"a": [5]}, "b": 7}},
    ],
    ids=lambda manifest: json.dumps(manifest)[:40],
)
def test_values_of_the_wrong_kind_or_size_are_passed_over(package, manifest):
    package.write({"index.d.ts": f"export * from '#a'; export * from '#b'; {ONE}"}, **manifest)
    assert all(not one.source_file.startswith((".", "/")) for one in package.documents().values())


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    [
        "type A = " + "(" * 100_000,
        "export type A = " + "B<" * 100_000,
        "declare namespace A {" * 20_000,
        "export declare namespace A {" * 2_000 + "const a: 1;" + "}" * 2_000,
        "export interface A {" * 20_000,
        "{" * 100_000,
        "export { a as b, b as a };",
        "import { a } from './index'; export { a };",
        "export * from './index'; export * as self from './index';",
        "export import a = a.b.c; export import b = b;",
        "export = a; declare namespace a { export = a }",
        "import a = require('./index'); export = a;",
        "export interface A extends B {} interface B extends C {} interface C extends B {}",
        "/** " + "@param {" * 50_000 + " */ export declare const a: 1;",
        "/** " + "{@link " * 50_000 + " */ export declare const a: 1;",
        "/**" + "\n * # a" * 20_000 + "*/ export declare const a: 1;",
        "\n" * 500_000 + "<" * 1_000,
        "export type A = " + " | ".join("'a'" for _ in range(50_000)),
        "import('" * 50_000,
    ],
    ids=lambda text: text[:32].strip(),
)
def test_nested_and_circular_declarations_come_to_an_end(package, text):
    package.write({"index.d.ts": f"{ONE}\n{text}"})
    assert package.read()


def test_broken_declarations_are_read_in_part_and_named(package):
    package.write(
        {"index.d.ts": "export declare const one: 1;\nexport declare const = ;;\nexport declare const two: 2;\n"}
    )
    text = package.documents()["invented"].text
    assert "## one" in text
    assert "## two" in text
    assert package.skipped() == {"index.d.ts": "line 2 cannot be parsed; read in part"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\x00\x01", "cannot be read: binary file"), (b" ", "cannot be read: empty")],
)
def test_a_file_that_is_no_text_is_skipped(package, content, reason):
    assert package.write({"index.d.ts": content}).skipped()["index.d.ts"].startswith(reason)


def test_declarations_in_another_encoding_are_read(package):
    text = "/** Größe eines Würfels, für alle Körper. */\n" + ONE
    assert "## one" in package.write({"index.d.ts": text.encode("latin-1")}).documents()["invented"].text


def test_a_file_that_takes_too_long_is_skipped(package, monkeypatch):
    monkeypatch.setattr(syntax, "SECONDS", 0.2)
    package.write({"index.d.ts": "/** @x " * 100_000})
    begun = time.monotonic()
    assert "parsing it took more than" in package.skipped()["index.d.ts"]
    assert time.monotonic() - begun < 5
    assert "## one" in package.write({"index.d.ts": ONE}).documents()["invented"].text


def test_names_and_files_over_the_limits_are_counted(package, monkeypatch):
    monkeypatch.setattr(api, "MOST_ITEMS", 3)
    package.write({"index.d.ts": "\n".join(f"export declare const a{number}: 1;" for number in range(10))})
    assert package.documents()["invented"].text.count("## ") == 3
    assert package.skipped() == {"invented": "7 exported names over the limit 3"}

    monkeypatch.setattr(resolve, "MOST_DECLARATION_FILES", 1)
    package.write({"index.d.ts": "export * from './one';", "one.d.ts": ONE}, exports="./index.js")
    assert package.skipped() == {"*.d.ts": "more than 1 declaration files"}


paths = st.sampled_from(
    [".", "./a", "./a/*", "./*", "./a.js", "./a.d.ts", "../a.d.ts", "types", "import", "*", "", "\0"]
)
shapes = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | paths,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(paths | st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)
fields = st.sampled_from(
    ["name", "version", "types", "typings", "main", "module", "exports", "imports", "typesVersions", "homepage"]
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(manifest=st.dictionaries(fields, shapes, max_size=6))
def test_no_package_json_makes_the_reader_fail(package, manifest):
    package.write({"a.d.ts": "export * from '#a'; export * from 'a/b';", "a/index.d.ts": ONE, "README.md": "Text."})
    (package.folder / "package.json").write_text(json.dumps(manifest))
    found = list(read_npm_package(package.folder))
    assert any(isinstance(one, Document) for one in found)
    assert all(isinstance(one, Document | Skipped) for one in found)
