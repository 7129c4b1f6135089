"""Names in signatures."""

import pytest

from vrom.builder.sources.formats.html.rewrite.api.signatures import name_of


@pytest.mark.parametrize(
    ("signature", "name"),
    [
        ("pub fn put<T>(&mut self, key: T) -> bool", "put"),
        ("pub const MAX: usize = 5", "MAX"),
        ("type Item = u8", "Item"),
        ("void demo::Cache::put (int key)", "demo::Cache::put"),
        ("bool operator==(const A &b)", "operator=="),
        ("(async) put(key, value) → {boolean}", "put"),
        ("@Deprecated public static void put(String key)", "put"),
        ('@Since(version = "9") public void put(String key)', "put"),
        ("#[must_use] pub fn put(key: K)", "put"),
        ("class Cache(Base):", "Cache"),
        ("put :: k -> v", "put"),
        ("def empty?()", "empty?"),
        ("virtual ~Cache()", "~Cache"),
        ("std::vector<std::pair<int, int>> pairs() const", "pairs"),
    ],
)
def test_the_name_that_a_signature_declares(signature, name):
    assert name_of(signature) == name


def test_the_mark_of_a_method_is_no_part_of_its_name():
    assert name_of("#put(key, value) ⇒ true", "ruby") == "put"
