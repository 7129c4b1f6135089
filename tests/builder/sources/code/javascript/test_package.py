"""Installed npm packages as sources: their own documentation, and the types that stand in for theirs."""

from pathlib import Path


def test_readme_changelog_and_documentation_folders_are_named_by_their_path(package):
    documents = package.write(
        {
            "README.md": "Text.",
            "CHANGELOG.md": "## 2.1.0\n\nText.",
            "LICENSE.md": "Free.",
            "docs/guide/start.mdx": "# Start\n\nText.",
            "dist/docs/page.md": "# Page\n\nText.",
            "node_modules/other/README.md": "Text.",
            "docs/node_modules/other/README.md": "Text.",
        },
        homepage="https://example.org/invented",
    ).documents()
    assert {name: one.title for name, one in documents.items()} == {
        "README.md": "invented 2.1.0",
        "CHANGELOG.md": "invented changelog",
        "docs/guide/start.mdx": "Start",
        "dist/docs/page.md": "Page",
    }
    assert documents["README.md"].url == "https://example.org/invented"


def test_names_stand_below_the_prefix(package):
    package.write({"README.md": "Text.", "index.d.ts": "export declare function load(): void;"})
    assert list(package.documents(prefix="npm/invented")) == ["npm/invented/README.md", "npm/invented/invented"]


def test_links_out_of_the_package_are_not_followed(package, tmp_path):
    (tmp_path / "secret.md").write_text("Secret.")
    (tmp_path / "secret.d.ts").write_text("export declare const secret: string;")
    package.write({"index.d.ts": "export * from './stolen'; export * from '../../secret';"})
    for name in ("README.md", "docs"):
        (package.folder / name).symlink_to(tmp_path / "secret.md" if name.endswith("md") else tmp_path)
    (package.folder / "stolen.d.ts").symlink_to(tmp_path / "secret.d.ts")
    assert "ecret" not in str(package.read())


def test_types_of_another_package_are_used_if_it_has_none(package, tmp_path):
    types = tmp_path / "types"
    types.mkdir()
    (types / "package.json").write_text('{"name": "@types/invented", "types": "index.d.ts"}')
    (types / "index.d.ts").write_text(
        "declare function e(): e.App;\n"
        "declare namespace e { var json: string; interface App { get(): void } }\n"
        "export = e;"
    )
    package.write({"index.js": "throw new Error('executed')"})
    text = package.documents(types=types)["invented"].text
    assert (
        '## invented\n\n```ts\nfunction invented(): e.App\n```\n\nDefault export: `import invented from "invented"`'
        in text
    )
    assert "## json\n\n```ts\nvar json: string\n```" in text

    package.write({"index.d.ts": "export declare const own: 1;"})
    assert list(package.documents(types=types)) == ["invented"]
    assert "## own" in package.documents(types=types)["invented"].text


def test_legacy_copies_say_so_and_stand_apart(package):
    documents = package.write(
        {
            "index.d.ts": "export * from './v2/main';",
            "v2/main.d.ts": "export declare function now(): void;",
            "v1/main.d.ts": "export declare function then(): void;",
            "compat.d.ts": "export declare function old(): void; export * from './v2/main';",
        },
        exports={".": "./index.js", "./v1": "./v1/main.js", "./v2": "./v2/main.js", "./compat": "./compat.js"},
    ).documents()
    assert {name: one.title for name, one in documents.items()} == {
        "invented": "invented",
        "legacy/invented/compat": "invented/compat (legacy)",
        "legacy/invented/v1": "invented/v1 (legacy)",
    }
    assert "## now" not in documents["legacy/invented/compat"].text


def test_a_later_version_that_a_release_brings_along_says_so_and_stands_apart(package):
    documents = package.write(
        {
            "index.d.ts": "export * from './v3/main';",
            "v3/main.d.ts": "export declare function now(): void;",
            "v4/main.d.ts": "export declare function soon(): void;",
            "v4-mini/main.d.ts": "export declare function small(): void;",
        },
        exports={".": "./index.js", "./v3": "./v3/main.js", "./v4": "./v4/main.js", "./v4-mini": "./v4-mini/main.js"},
        version="3.25.0",
    ).documents()
    assert {name: one.title for name, one in documents.items()} == {
        "invented": "invented",
        "later-version/invented/v4": "invented/v4 (later version)",
        "later-version/invented/v4-mini": "invented/v4-mini (later version)",
    }


def test_a_package_that_is_not_there_is_skipped(tmp_path):
    from vrom.builder.sources.code.javascript.package import read_npm_package

    (found,) = read_npm_package(Path(tmp_path, "absent"))
    assert found.name == "package.json"
