"""A Go module's folder as a source: read, never built."""

from textwrap import dedent

import pytest

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.code.go.module import read_go_module


@pytest.fixture
def read(tmp_path):
    """Write the files of a module named `example.org/larder`, and read its folder."""

    def read(files, prefix=""):
        for name, content in {"go.mod": "module example.org/larder\n\ngo 1.22\n", **files}.items():
            path = tmp_path / "module" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode())
        return list(read_go_module(tmp_path / "module", prefix))

    return read


@pytest.fixture
def documents_of(read):
    return lambda files: {one.source_file: one.text for one in read(files) if isinstance(one, Document)}


@pytest.fixture
def text_of(documents_of):
    """The text of a package with these declarations."""
    return lambda source: documents_of({"a.go": f"package larder\n\n{dedent(source)}"})["example.org/larder"]


def skipped(found):
    return {one.name: one.reason for one in found if isinstance(one, Skipped)}


HEAD = '# package larder\n\n```go\nimport "example.org/larder"\n```\n\n'


def test_a_package_is_a_document_with_what_it_exports(documents_of):
    source = """
        // Package larder keeps food.
        package larder

        // Count counts the shelves.
        func Count(start int) (int, error) { return start, nil }

        func Undocumented() {}

        // private is not for others.
        func private() {}

        // Most is the most.
        const Most = 5
    """
    assert documents_of({"a.go": source}) == {
        "example.org/larder": f"{HEAD}Package larder keeps food.\n\n"
        "## Count\n\n```go\nfunc Count(start int) (int, error)\n```\n\nCount counts the shelves.\n\n"
        "## Most\n\n```go\nconst Most = 5\n```\n\nMost is the most.\n"
    }


def test_a_type_with_several_documented_methods_is_a_document(documents_of):
    source = """
        package larder

        // Jar holds jam.
        type Jar[T any] struct {
            // Size in litres.
            Size int
            lid  T // secret
        }

        // NewJar makes one.
        func NewJar() *Jar[int] { return nil }

        // Open opens it.
        func (j *Jar[T]) Open() error { return nil }

        // shut is private.
        func (j *Jar[T]) shut() {}
    """
    assert documents_of({"a.go": source}) == {
        "example.org/larder.Jar": "# larder.Jar\n\n```go\ntype Jar[T any] struct {\n"
        "    // Size in litres.\n    Size int\n"
        "    // unexported fields\n}\n```\n\nJar holds jam.\n\n"
        "## NewJar\n\n```go\nfunc NewJar() *Jar[int]\n```\n\nNewJar makes one.\n\n"
        "## Jar.Open\n\n```go\nfunc (j *Jar[T]) Open() error\n```\n\nOpen opens it.\n"
    }


@pytest.mark.parametrize(
    ("declaration", "section"),
    [
        (
            "type A interface {\n\tOpen()\n\tshut()\n}",
            "## A\n\n```go\ntype A interface {\n    Open()\n    // unexported methods\n}",
        ),
        ("type A struct {\n\tsecret int\n}", "## A\n\n```go\ntype A struct {\n    // unexported fields\n}"),
        ("type A = map[string]int", "## A\n\n```go\ntype A = map[string]int\n```"),
        ("type (\n\tA int\n\tb int\n)", "## A\n\n```go\ntype A int\n```"),
        ("const (\n\tA = iota // a\n\tb // b\n\tC\n)", "## A, C\n\n```go\nconst (\n    A = iota // a\n\n    C\n)\n```"),
        ("var A, b = 1, 2", "## A\n\n```go\nvar A, b = 1, 2\n```"),
    ],
)
def test_declarations_have_no_unexported_parts(text_of, declaration, section):
    assert section in text_of(f"// Text.\n{declaration}\n")


@pytest.mark.parametrize(
    ("comment", "markdown"),
    [
        ("One.\nTwo.\n\nThree.", "One.\nTwo.\n\nThree."),
        ("One.\n\n# Heading\n\nTwo.", "One.\n\n**Heading**\n\nTwo."),
        ("One.\n\nOld heading\n\nTwo.", "One.\n\n**Old heading**\n\nTwo."),
        ("One:\n\n\tx := 1\n\n\ty()\n\nTwo.", "One:\n\n```go\nx := 1\n\ny()\n```\n\nTwo."),
        ("One:\n\n\t$ ls -l\n\nTwo.", "One:\n\n```\n$ ls -l\n```\n\nTwo."),
        ("One:\n  - a\n    more\n  - b\n\nTwo.", "One:\n\n- a\n  more\n- b\n\nTwo."),
        ("One:\n\n 1. a\n 2. b", "One:\n\n1. a\n2. b"),
        ("See [Jar] and [io.Reader] and x[i].", "See `Jar` and `io.Reader` and x[i]."),
        ("See [the site].\n\n[the site]: https://example.org", "See [the site](https://example.org)."),
        ("One.\n\nDeprecated: use B.", "One.\n\n> **Deprecated**\n>\n> use B."),
        ("- not a list", "\\- not a list"),
    ],
)
def test_doc_comments_are_markdown(text_of, comment, markdown):
    lines = "\n".join(f"// {line}".rstrip() for line in comment.replace("\n\t", "\n\t").split("\n"))
    assert text_of(f"{lines}\nfunc A() {{}}\n").partition("func A()\n```\n\n")[2].strip() == markdown


def test_directives_and_distant_comments_are_no_documentation(text_of):
    text = text_of("// Far.\n\n// Near.\n//\n//go:noinline\nfunc A() {}\n\n/*\nBlock.\n*/\nfunc B() {}\n")
    assert "Far" not in text
    assert "go:noinline" not in text
    assert "Near." in text
    assert "Block." in text


def test_packages_that_others_cannot_import_are_left_out(documents_of):
    source = "// Package p is one.\npackage p\n"
    left_out = ("internal", "vendor/x", "testdata", "_old", ".git", "nested", "a/internal/b")
    files = {f"{folder}/a.go": source for folder in left_out}
    files |= {"nested/go.mod": "module other", "cmd/main.go": "// Command x.\npackage main\n"}
    files |= {
        "p/a.go": source,
        "p/a_test.go": "// Tests.\npackage p\n",
        "p/x.go": "//go:build ignore\n\n// No.\npackage p\n",
    }
    assert list(documents_of(files)) == ["example.org/larder/p"]


def test_of_files_for_several_systems_the_documented_declaration_counts(documents_of):
    files = {
        "a_linux.go": "package larder\nfunc A() {}\n",
        "a_windows.go": "package larder\n// A opens.\nfunc A() {}\n",
    }
    assert documents_of(files)["example.org/larder"].count("## A") == 1


def test_the_texts_of_the_folder_come_first_under_the_name_of_the_module(read):
    found = read({"README.md": "# Larder", "docs/a.md": "# A", "a.go": "// Package a.\npackage a\n"}, "go")
    assert [one.source_file for one in found] == [
        "go/example.org/larder/README.md",
        "go/example.org/larder/docs/a.md",
        "go/example.org/larder",
    ]


DEEP = 100_000
HOSTILE = {
    "broken syntax": (b"package a\nfunc ((( {\n// A.\ntype A", "not understood"),
    "braces nested deep": (b"package a\nfunc a() " + b"{" * DEEP, "not understood"),
    "types nested deep": (b"package a\n// A.\ntype A " + b"[]" * DEEP + b"int", ""),
    "structs nested deep": (b"package a\n// A.\ntype A " + b"struct{B " * DEEP, "not understood"),
    "no package": (b"// A.\nfunc A() {}", ""),
    "not UTF-8": (b"// Caf\xe9.\npackage a\n", ""),
    "binary": (b"package a\0", "binary"),
    "empty": (b"", "empty"),
    "brackets": (b"// " + b"[" * DEEP + b"\npackage a", ""),
    "a heading that never ends": (b"// A.\n//\n// A" + b"a " * DEEP + b"\n//\n// B.\npackage a", ""),
    "a call that never ends": (b"// A:\n//\n//\t" + b"a(" * DEEP + b"\npackage a", ""),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("source", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_skipped_with_a_reason(read, source, reason):
    found = skipped(read({"a.go": source}))
    assert all(reason in one for one in found.values())
    assert bool(found) or not reason


def test_links_out_of_the_folder_are_not_followed(read, tmp_path):
    (tmp_path / "outside.go").write_text("// Package secret.\npackage secret\n")
    (tmp_path / "module").mkdir()
    (tmp_path / "module" / "a.go").symlink_to(tmp_path / "outside.go")
    (tmp_path / "module" / "loop").symlink_to(tmp_path / "module")
    found = read({})
    assert [type(one) for one in found] == [Skipped]
    assert "outside" in found[0].reason


def test_folders_nested_deep_are_not_entered(documents_of):
    package = "// Package a.\npackage a\n"
    assert list(documents_of({"a.go": package, f"{'d/' * 70}a.go": package})) == ["example.org/larder"]
