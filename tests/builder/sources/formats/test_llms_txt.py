"""`llms-full.txt` as the pages it is made of."""

from vrom.builder.sources.formats.llms_txt import is_full_text, read_full_text

TEXT = """\
# Install
Source: https://example.org/docs/install

Text.

```bash
# no page
```

# Use

URL: https://example.org/docs/use/

More.

# Use

Again.
"""


def test_each_page_is_a_document_with_its_address():
    documents = list(read_full_text(TEXT, "llms-full.txt"))
    assert [(one.source_file, one.title, one.url) for one in documents] == [
        ("llms-full.txt/docs/install", "Install", "https://example.org/docs/install"),
        ("llms-full.txt/docs/use", "Use", "https://example.org/docs/use/"),
        ("llms-full.txt/use", "Use", ""),
    ]
    assert "".join(one.text for one in documents).split() == TEXT.split()


def test_text_before_the_first_heading_is_a_page_too():
    assert [one.title for one in read_full_text("Text.\n\n# A\n\nx", "x/llms-full.txt")] == ["Llms full", "A"]


def test_pages_of_one_name_are_told_apart():
    names = [one.source_file for one in read_full_text("# A\n\nx\n\n# A\n\ny", "llms-full.txt")]
    assert names == ["llms-full.txt/a", "llms-full.txt/a-2"]


def test_only_the_full_text_is_parted():
    assert is_full_text("docs/llms-full.txt")
    assert not is_full_text("llms.txt")
    assert not is_full_text("my-llms-full.html")
