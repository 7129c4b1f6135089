"""A Rust crate's folder as a source: read, never built."""

from textwrap import dedent

import pytest

from vrom.builder.document import Document, Skipped
from vrom.builder.sources.code.rust import resolve
from vrom.builder.sources.code.rust.crate import read_crate

pytestmark = pytest.mark.slow


@pytest.fixture
def read(tmp_path):
    """Write the files of a crate named `larder`, and read its folder."""

    def read(files, prefix=""):
        for name, content in {"Cargo.toml": '[package]\nname = "larder"\n', **files}.items():
            path = tmp_path / "crate" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
        return list(read_crate(tmp_path / "crate", prefix))

    return read


@pytest.fixture
def documents_of(read):
    return lambda files: {one.source_file: one.text for one in read(files) if isinstance(one, Document)}


@pytest.fixture
def text_of(documents_of):
    """The text of the root module of a crate with this `lib.rs`."""
    return lambda library: documents_of({"src/lib.rs": library})["larder"]


def skipped(found):
    return {one.name: one.reason for one in found if isinstance(one, Skipped)}


def test_a_module_is_a_document_with_its_items(documents_of):
    documents = documents_of(
        {
            "src/lib.rs": """
                //! Keeps food.
                //!
                //! # Shelves
                //! They are numbered.

                pub mod jars;

                /// Counts the shelves.
                ///
                /// # Panics
                /// Never.
                pub fn count(start: usize) -> usize { start + 1 }

                pub fn undocumented() {}
                /// Not for others.
                fn private() {}
                /// For this crate.
                pub(crate) fn internal() {}
                /// No page needed.
                #[doc(hidden)]
                pub fn hidden() {}
            """,
            "src/jars.rs": "//! Glass.\n/// The most.\npub const MOST: usize = 5;\n",
        }
    )
    assert documents == {
        "larder": "# larder\n\nKeeps food.\n\n## Shelves\nThey are numbered.\n\n## count\n\n"
        "```rust\npub fn count(start: usize) -> usize\n```\n\nCounts the shelves.\n\n**Panics**\nNever.\n",
        "larder::jars": "# larder::jars\n\nGlass.\n\n"
        "## MOST\n\n```rust\npub const MOST: usize = 5;\n```\n\nThe most.\n",
    }


def test_a_type_with_several_documented_members_is_a_document(documents_of):
    documents = documents_of(
        {
            "src/lib.rs": """
                /// Holds jam.
                #[derive(Debug, Clone)]
                pub struct Jar<T> {
                    /// Litres.
                    pub size: u32,
                    secret: T,
                }
                impl<T> Jar<T> {
                    /// An empty one.
                    #[must_use]
                    pub fn new() -> Self { todo!() }
                    /// Private.
                    fn wash(&self) {}
                }
                impl<T> Drop for Jar<T> { fn drop(&mut self) {} }
            """
        }
    )
    assert documents == {
        "larder::Jar": "# larder::Jar\n\n```rust\n#[derive(Debug, Clone)]\npub struct Jar<T> {\n    pub size: u32,\n"
        "    // private fields\n}\n```\n\nHolds jam.\n\n## Fields\n\n- `size` — Litres.\n\n"
        "## Trait implementations\n\n```rust\nimpl<T> Drop for Jar<T>\n```\n\n"
        "## Jar::new\n\n```rust\n#[must_use]\npub fn new() -> Self\n```\n\nAn empty one.\n"
    }


def test_a_trait_shows_what_must_be_defined(documents_of):
    library = """
        /// Keeps.
        pub trait Keep {
            /// The kind.
            type Kind;
            /// Takes one.
            fn take(&self) -> Self::Kind;
            fn shut(&self) {}
        }
    """
    text = documents_of({"src/lib.rs": library})["larder::Keep"]
    assert (
        "pub trait Keep {\n    type Kind;\n    fn take(&self) -> Self::Kind;\n    // and 1 provided method\n}" in text
    )
    assert "## Keep::take\n\n```rust\nfn take(&self) -> Self::Kind;\n```\n\nTakes one." in text
    assert "Keep::shut" not in text


@pytest.mark.parametrize(
    ("declaration", "signature"),
    [
        ("pub enum Lid {\n    /// a\n    Tin,\n    Cork(u8) }", "pub enum Lid {\n    Tin,\n    Cork(u8),\n}"),
        ("pub struct Lid(pub u8, String);", "pub struct Lid(pub u8, _);"),
        ("pub struct Lid;", "pub struct Lid;"),
        ("pub type Lid = Vec<u8>;", "pub type Lid = Vec<u8>;"),
        ("#[macro_export]\nmacro_rules! Lid { ($a:expr) => { 1 }; }", "macro_rules! Lid {\n    ($a:expr) => { … };\n}"),
        (f'pub const LID: &str = "{"x" * 300}";', "pub const LID: &str = …;"),
        ("#[proc_macro_derive(Lid, attributes(x))]\npub fn f() {}", "#[derive(Lid)]"),
        ('extern "C" { /// x\n pub fn lid(); }', "pub fn lid();"),
        (
            "pub fn lid<T>(\n    a: T,\n) -> T\nwhere\n    T: Copy,\n{ a }",
            "pub fn lid<T>(\n    a: T,\n) -> T\nwhere\n    T: Copy,",
        ),
    ],
)
def test_signatures_have_no_bodies_and_nothing_private(text_of, declaration, signature):
    assert f"```rust\n{signature}\n```" in text_of(f"/// Text.\n{declaration}")


@pytest.mark.parametrize(
    ("docs", "markdown"),
    [
        ("/// One.\n/// Two.", "One.\nTwo."),
        ("/** One.\n * Two.\n */", "One.\nTwo."),
        ('#[doc = "One \\"two\\"."]', 'One "two".'),
        ('#[doc = r#"One "two"."#]', 'One "two".'),
        ("//// Not documentation.\n/// One.", "One."),
        ("/// ```\n/// # use a;\n/// let x = 1;\n/// ## y\n/// #[z]\n/// ```", "```rust\nlet x = 1;\n# y\n#[z]\n```"),
        ("/// ```no_run,edition2021\n/// a();\n/// ```", "```rust\na();\n```"),
        ("/// ```text\n/// # a\n/// ```", "```text\n# a\n```"),
        ("/// ```\n/// open", "```rust\nopen\n```"),
        ("/// See [`Jar`] and [jars](crate::Jar::new()).", "See `Jar` and jars."),
        ("/// See [this][Jar].\n///\n/// [Jar]: crate::Jar", "See this."),
        ("/// See [web].\n///\n/// [web]: https://example.org", "See [web].\n\n[web]: https://example.org"),
        ("/// See [it](https://example.org) `[not](this)`.", "See [it](https://example.org) `[not](this)`."),
        (
            '/// One.\n#[deprecated(since = "2.0", note = "use `b`")]',
            "> **Deprecated since 2.0**\n>\n> use `b`\n\nOne.",
        ),
        ("/// One.\n#[deprecated]", "> **Deprecated**\n\nOne."),
    ],
)
def test_doc_comments_are_markdown_without_what_rustdoc_hides(text_of, docs, markdown):
    assert text_of(f"{docs}\npub fn f() {{}}").partition("pub fn f()\n```\n\n")[2].strip() == markdown


RE_EXPORTS = {
    "by name": "mod a { /// Text.\n pub fn f() {} }\npub use a::f;",
    "of self": "mod a { /// Text.\n pub fn f() {} }\npub use self::a::{f};",
    "renamed": "mod a { /// Text.\n pub fn g() {} }\npub use crate::a::g as f;",
    "by glob": "mod a { /// Text.\n pub fn f() {} }\npub use a::*;",
    "of a re-export": "mod a { pub use super::b::f; }\nmod b { /// Text.\n pub fn f() {} }\npub use a::f;",
    "by a private import": "mod a { pub mod b { /// Text.\n pub fn f() {} } }\nuse a::b;\npub use b::f;",
    "by the crate's own name": "mod a { /// Text.\n pub fn f() {} }\npub use larder::a::f;",
    "within a macro of features": "cfg_rt! { mod a { /// Text.\n pub fn f() {} } pub use a::f; }",
    "within cfg_if": "cfg_if::cfg_if! { if #[cfg(unix)] { /// Text.\n pub fn f() {} } else { pub fn f() {} } }",
    "also at a longer path": "pub mod a { /// Text.\n pub fn f() {} }\npub use a::f;",
    "also in a prelude": "pub mod prelude { pub use crate::f; }\n/// Text.\npub fn f() {}",
}


@pytest.mark.parametrize("library", RE_EXPORTS.values(), ids=RE_EXPORTS)
def test_an_item_stands_once_under_its_best_public_path(documents_of, library):
    documents = documents_of({"src/lib.rs": library})
    assert list(documents) == ["larder"]
    assert "## f\n\n```rust\npub fn " in documents["larder"]


def test_re_exports_from_other_crates_are_listed(text_of):
    assert "```rust\npub use bytes::Bytes;\npub use std::fmt::*;\n```" in text_of(
        "pub use bytes::Bytes;\npub use std::fmt::*;"
    )


def test_files_of_modules_are_found_where_rust_looks(documents_of):
    files = {
        "src/lib.rs": 'pub mod a;\npub mod b;\n#[path = "other/place.rs"] pub mod c;\npub mod d { pub mod e; }\n',
        "src/a.rs": "//! A.\npub mod below;",
        "src/a/below.rs": "//! Below.",
        "src/b/mod.rs": "//! B.\npub mod below;",
        "src/b/below.rs": "//! Below.",
        "src/other/place.rs": "//! C.",
        "src/d/e.rs": "//! E.",
    }
    assert set(documents_of(files)) == {f"larder::{name}" for name in ("a", "a::below", "b", "b::below", "c", "d::e")}


def test_the_texts_of_the_folder_come_first_under_the_name_of_the_crate(read):
    files = {"README.md": "# Larder", "docs/guide.md": "# Guide", "docs/a.png": b"\x89", "src/lib.rs": "//! Root."}
    found = read({**files, "CHANGELOG.md": "# Changes", "examples/a.md": "# No"}, "rust")
    assert [one.source_file for one in found if isinstance(one, Document)] == [
        "rust/larder/CHANGELOG.md",
        "rust/larder/README.md",
        "rust/larder/docs/guide.md",
        "rust/larder",
    ]
    assert skipped(found) == {"*.png": "not documentation (1 file)"}


def test_an_included_file_is_documentation(documents_of):
    files = {"INTRO.md": "# Intro\n\nText.", "src/lib.rs": '#![doc = include_str!("../INTRO.md")]\n'}
    assert documents_of(files)["larder"] == "# larder\n\n## Intro\n\nText.\n"


def test_an_included_readme_stays_a_document_of_its_own(documents_of):
    files = {"README.md": "# Intro", "src/lib.rs": '#![doc = include_str!("../README.md")]\n//! Root.'}
    assert documents_of(files) == {"larder/README.md": "# Intro", "larder": "# larder\n\nRoot.\n"}


def test_internal_rules_of_a_macro_are_left_out(text_of):
    text = text_of("/// Text.\n#[macro_export]\nmacro_rules! m { (@count $a:tt) => { 1 }; () => {}; }")
    assert "## m!\n\n```rust\nmacro_rules! m {\n    () => { … };\n}\n```" in text


@pytest.mark.parametrize(
    ("manifest", "name"),
    [
        ('[package]\nname = "jam-jar"\n', "jam_jar"),
        ('[package]\nname = "jam-jar"\n[lib]\nname = "jar"\n', "jar"),
        ('package = "text"\nlib = [1]\n', "crate"),
        ('[package]\nname = "../../up"\n', "crate"),
        ("[[[", "crate"),
        ("a = " + "[" * 100_000, "crate"),
    ],
)
def test_the_name_is_the_manifest_s_or_else_the_folder_s(read, manifest, name):
    found = read({"Cargo.toml": manifest, "src/lib.rs": "//! Root."})
    assert [one.source_file for one in found if isinstance(one, Document)] == [name]


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [('[workspace]\nmembers = ["a"]\n', "a workspace"), ('[package]\nname = "a"\n', "no library")],
)
def test_a_folder_without_a_library_says_so(read, manifest, reason):
    [found] = read({"Cargo.toml": manifest})
    assert reason in found.reason


DEEP = 100_000
HOSTILE = {
    "broken syntax": (b"//! Root.\npub fn (((\npub struct {", "not understood"),
    "a path that climbs": (b'#[path = "../../outside.rs"] pub mod a;', "outside the folder"),
    "an absolute path": (b'#[path = "/etc/passwd"] pub mod a;', "outside the folder"),
    "a path with a NUL": (b'#[path = "\\0"] pub mod a;', "missing"),
    "a file that is its own module": (b'#[path = "lib.rs"] pub mod a;', "read once"),
    "a missing module": (b"pub mod a;", "missing"),
    "a name too long for a file": (b"pub mod " + b"a" * 5000 + b";", "missing"),
    "modules nested deep": (b"pub mod a {" * DEEP + b"}" * DEEP, "nested more than"),
    "macros nested deep": (b"cfg_a! {" * 2000 + b"}" * 2000, ""),
    "braces nested deep": (b"fn a() {" * DEEP, ""),
    "types nested deep": (b"pub fn a() -> " + b"A<" * DEEP, ""),
    "use lists nested deep": (b"pub use a::{" + b"b, a::{" * DEEP, ""),
    "a long path": (b"pub use " + b"a::" * DEEP + b"b;", ""),
    "many targets of one path": (b"pub mod a { pub use crate::a; } " * 40 + b"pub use a" + b"::a" * 30 + b" as b;", ""),
    "spaces in an attribute": (b"#[a" + b" " * DEEP + b"]\npub fn a() {}", ""),
    "imports in circles": (
        b"pub use self::a::x; pub mod a { pub use crate::x; pub use super::a::*; pub use super::*; }",
        "",
    ),
    "a module within itself": (b"pub use crate as a; pub use self::a::a as b;", ""),
    "raw strings that never end": (b'r#"' * 300_000, "more than"),
    "not UTF-8": (b"//! Caf\xe9\n" * 5, ""),
    "binary": (b"//! a\0", "binary"),
    "empty": (b"", "empty"),
    "an unclosed attribute": (b'#[doc = "' + b"\\" * DEEP, ""),
    "braces in a derive": (b"#[proc_macro_derive({0.__class__})]\n/// a\npub fn a() {}", ""),
    "brackets": (b"/// " + b"[`" * DEEP + b"\npub fn a() {}", ""),
    "an include that climbs": (b'#![doc = include_str!("../../outside.rs")]\npub mod a;', "missing"),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("library", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_skipped_with_a_reason(read, tmp_path, monkeypatch, library, reason):
    monkeypatch.setattr("vrom.builder.sources.code.syntax.SECONDS", 1.0)
    (tmp_path / "outside.rs").write_text("//! Secret.")
    found = read({"src/lib.rs": library})
    assert all(reason in one for one in list(skipped(found).values())[:1])
    assert bool(skipped(found)) or not reason
    assert not any("Secret" in one.text for one in found if isinstance(one, Document))


def test_links_out_of_the_folder_are_not_followed(read, tmp_path):
    (tmp_path / "outside.md").write_text("Secret.")
    (tmp_path / "outside.rs").write_text("//! Secret.")
    (tmp_path / "crate" / "src").mkdir(parents=True)
    (tmp_path / "crate" / "docs").symlink_to(tmp_path)
    (tmp_path / "crate" / "README.md").symlink_to(tmp_path / "outside.md")
    (tmp_path / "crate" / "src" / "a.rs").symlink_to(tmp_path / "outside.rs")
    found = read({"src/lib.rs": "//! Root.\npub mod a;"})
    assert [one.source_file for one in found if isinstance(one, Document)] == ["larder"]
    assert "outside" in skipped(found)["larder/README.md"]
    assert "outside" in skipped(found)["larder/src/a.rs"]


def test_large_files_are_skipped(read, monkeypatch):
    monkeypatch.setattr("vrom.builder.sources.code.source_folder.LARGEST_SOURCE", 40)
    assert "more than the limit of 40" in skipped(read({"src/lib.rs": "//! " + "a" * 50}))["larder/src/lib.rs"]


def test_names_that_globs_multiply_are_bounded(read, monkeypatch):
    monkeypatch.setattr(resolve, "MOST_NAMES", 100)
    modules = "".join(f"pub mod m{n} {{ pub use super::*; pub fn f{n}() {{}} }}\npub use m{n}::*;\n" for n in range(50))
    assert read({"src/lib.rs": f"//! Root.\n{modules}"})
