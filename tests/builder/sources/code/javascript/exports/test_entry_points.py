"""The names of a package's files, and what they export from one another."""

import pytest

ONE = "export declare const one: 1;"


@pytest.mark.parametrize(
    ("manifest", "file", "name"),
    [
        ({"types": "./a.d.ts"}, "a.d.ts", "invented"),
        ({"typings": "lib/a"}, "lib/a.d.ts", "invented"),
        ({"main": "lib/a.js"}, "lib/a.d.ts", "invented"),
        ({}, "index.d.ts", "invented"),
        ({"exports": "./a.js"}, "a.d.ts", "invented"),
        ({"exports": {"types": "./a.d.ts", "default": "./b.js"}}, "a.d.ts", "invented"),
        ({"exports": {".": {"import": {"types": "./a.d.mts"}}}}, "a.d.mts", "invented"),
        ({"exports": {".": {"react-server": "./b.js", "default": ["./none.js", "./a.mjs"]}}}, "a.d.mts", "invented"),
        ({"exports": {"./sub": {"types@>=5": "./a.d.ts"}}}, "a.d.ts", "invented/sub"),
        ({"exports": {"./plugins/*": "./dist/*.js"}}, "dist/a.d.ts", "invented/plugins/a"),
        ({"typesVersions": {"*": {"sub": ["./dist/a"]}}}, "dist/a.d.ts", "invented/sub"),
        ({}, "sub.d.ts", "invented/sub"),
        ({}, "deep/sub/index.d.ts", "invented/deep/sub"),
    ],
)
def test_entry_points_are_found_where_package_json_names_them(package, manifest, file, name):
    assert list(package.write({file: ONE}, **manifest).documents()) == [name]


def test_null_in_exports_hides_files(package):
    exports = {"./*": "./lib/*.js", "./inner/*": None}
    assert list(package.write({"lib/a.d.ts": ONE, "lib/inner/b.d.ts": ONE}, exports=exports).documents()) == [
        "invented/a"
    ]


def test_a_name_belongs_to_its_shortest_import_path(package):
    documents = package.write(
        {
            "index.d.ts": "export { one } from './deep/one'; export * as all from './deep/one';",
            "deep/one.d.ts": "export declare const one: 1; export declare const two: 2;",
        },
        exports={"./deep/one": "./deep/one.js", ".": "./index.js"},
    ).documents()
    assert "## one" in documents["invented"].text
    assert "## all.two" not in documents["invented"].text
    assert [name for name, one in documents.items() if "const two" in one.text] == ["invented/all"]


def test_functions_are_named_by_the_namespace_in_which_a_package_exports_itself(package):
    documents = package.write(
        {
            "index.d.ts": "import * as z from './core'; export * from './core'; export { z, z as default };",
            "core.d.ts": "export declare function object(): void; export interface Box { a: 1 }",
        },
        exports="./index.js",
    ).documents()
    assert list(documents) == ["invented"]
    assert "## z.object\n" in documents["invented"].text
    assert "## Box\n" in documents["invented"].text


def test_names_are_followed_over_files(package):
    documents = package.write(
        {
            "index.d.ts": """
                import def, { a as b } from './one.js';
                import Assigned = require('./assigned');
                export { b as c, def, Assigned };
                export { d } from '#inner/two';
                export type * from 'invented/three';
            """,
            "one.d.ts": "export declare const a: 1; declare const x: 9; export default x;",
            "assigned.d.ts": "declare class Made {} export = Made;",
            "inner/two.d.ts": "export * from './again'; export declare const d: 2;",
            "inner/again.d.ts": "export * from './two';",
            "three.d.ts": "export interface E { e: 1 }",
        },
        imports={"#inner/*": {"types": "./inner/*.d.ts"}},
        exports="./index.js",
    ).documents()
    text = documents["invented"].text
    assert [line for line in text.split("\n") if line.startswith("## ")] == [
        "## c",
        "## def",
        "## Assigned",
        "## d",
        "## E",
    ]


def test_names_of_other_packages_are_listed(package):
    text = package.reference(
        "export * from 'core'; export { a, b as c } from 'other'; import d from 'third'; export { d };"
    )
    assert text.endswith(
        "## Exported from other packages\n\n- everything of `core`\n- `a`, `b` of `other`\n- `default` of `third`\n"
    )


def test_modules_declared_by_name_are_entry_points(package):
    documents = package.write(
        {
            "index.d.ts": '/// <reference path="fs.d.ts" />\n',
            "fs.d.ts": "declare module 'fs' { function open(): void }\ndeclare module '*.png' { const a: 1 }",
        }
    ).documents()
    assert list(documents) == ["fs"]
