"""How documents are cut, by example."""

from dataclasses import replace
from textwrap import dedent

import pytest

from vrom.builder.chunking.chunker import chunk_document, chunk_documents
from vrom.builder.chunking.token_budget import TokenBudget
from vrom.builder.document import Document
from vrom.builder.markdown.blocks import parse_markdown


def words(count: int, name: str = "word") -> str:
    return " ".join(f"{name}{number}" for number in range(count))


def texts(pieces):
    return [piece.text for piece in pieces]


def paths(pieces):
    return [piece.heading_path for piece in pieces]


class TestSections:
    def test_each_section_is_a_piece_under_the_path_of_its_headings(self, cut_text):
        pieces = cut_text(f"# Page\n\n{words(50)}\n\n## Use\n\n{words(50)}\n\n### Often\n\n{words(50)}\n")
        assert paths(pieces) == [("Page",), ("Page", "Use"), ("Page", "Use", "Often")]
        assert [text.split("\n")[0] for text in texts(pieces)] == ["# Page", "## Use", "### Often"]

    def test_a_comment_in_code_is_no_heading(self, cut_text):
        pieces = cut_text(f"## Use\n\n```python\n# not a heading\nx = 1\n```\n\n{words(50)}")
        assert set(paths(pieces)) == {("Page", "Use")}

    def test_underlined_headings_count(self, cut_text):
        assert paths(cut_text(f"Use\n===\n\n{words(50)}\n\nOften\n-----\n\n{words(50)}")) == [
            ("Page", "Use"),
            ("Page", "Use", "Often"),
        ]

    def test_a_heading_goes_with_the_text_that_follows(self, cut_text):
        pieces = cut_text(f"{words(50)}\n\n## Use\n\n### Often\n\n{words(50)}")
        assert pieces[1].text.startswith("## Use\n\n### Often\n\nword0")
        assert pieces[1].heading_path == ("Page", "Use", "Often")

    def test_headings_that_end_the_page_go_with_the_last_text(self, cut_text):
        [piece] = cut_text("## Use\n\nText.\n\n## See also\n")
        assert piece.text == "## Use\n\nText.\n\n## See also"

    def test_the_last_heading_finds_room_in_a_full_section(self, cut_text):
        pieces = cut_text(f"## Use\n\n{words(73)}\n\n## See also\n")
        assert all("word" in text for text in texts(pieces))
        assert pieces[-1].text.endswith("## See also")

    def test_a_page_of_headings_gives_nothing(self, cut_text):
        assert cut_text("# Page\n\n## Use\n\n## Often\n") == []

    def test_short_siblings_are_one_piece_under_their_parent(self, cut_text):
        [piece] = cut_text("## API\n\n### Dog\n\nBarks.\n\n### Cat\n\nPurrs.\n")
        assert piece.text == "## API\n\n### Dog\n\nBarks.\n\n### Cat\n\nPurrs."
        assert piece.heading_path == ("Page", "API")

    def test_html_headings_count(self, cut_text):
        pieces = cut_text(f"## Integers\n\n{words(50)}\n\n<h3>Strictness</h3>\n\n{words(50)}")
        assert paths(pieces) == [("Page", "Integers"), ("Page", "Integers", "Strictness")]

    def test_a_very_long_heading_is_text_and_short_in_the_path(self, cut_text):
        pieces = cut_text(f"# {words(200)}\n\nText.")
        assert "".join(" ".join(texts(pieces)).split()) == "".join(f"# {words(200)} Text.".split())
        assert all(len(part) <= 160 for path in paths(pieces) for part in path)


class TestParagraphs:
    def test_a_long_section_is_cut_between_paragraphs(self, cut_text):
        paragraphs = [words(30, name) for name in ("a", "b", "c", "d")]
        assert texts(cut_text("\n\n".join(paragraphs))) == paragraphs

    def test_a_paragraph_over_the_limit_is_cut_after_a_sentence(self, cut_text):
        pieces = cut_text(" ".join(f"{words(12, name).capitalize()}." for name in "abcdefghij"))
        assert len(pieces) > 1
        assert all(text.endswith(".") for text in texts(pieces))

    @pytest.mark.timeout(60)
    def test_a_word_without_end_is_cut_anywhere(self, cut_text):
        pieces = cut_text("x" * 5_000)
        assert "".join(texts(pieces)) == "x" * 5_000

    def test_text_that_leads_in_stays_with_what_it_leads_to(self, cut_text):
        pieces = cut_text(f"{words(36)}\n\nFor example:\n\n```\n{words(30)}\n```")
        assert texts(pieces) == [words(36), f"For example:\n\n```\n{words(30)}\n```"]


class TestCode:
    def test_a_block_that_fits_stays_whole(self, cut_text):
        block = "```python\n" + "\n\n".join(f"call({number})" for number in range(14)) + "\n```"
        assert block in texts(cut_text(f"{words(38)}\n\n{block}\n\n{words(38)}"))

    def test_a_block_over_the_limit_is_cut_at_a_statement_and_fenced_again(self, cut_text):
        functions = [f"def f{number}():\n    {words(20)}" for number in range(6)]
        pieces = cut_text("```python title='x'\n" + "\n\n".join(functions) + "\n```")
        assert all(text.startswith("```python title='x'\ndef ") and text.endswith("\n```") for text in texts(pieces))
        assert "\n\n".join(text.split("\n", 1)[1].removesuffix("\n```") for text in texts(pieces)) == "\n\n".join(
            functions
        )

    def test_an_indented_block_is_fenced_again_at_its_indent(self, cut_text):
        code = "\n".join(f"  line({number})" for number in range(50))
        pieces = cut_text(f"- Item:\n\n  ```\n{code}\n  ```")
        assert len(pieces) > 1
        assert pieces[0].text.endswith("\n  ```")
        assert all(text.startswith("  ```\n  line(") for text in texts(pieces[1:]))

    def test_a_block_that_is_never_closed_is_closed(self, cut_text):
        [piece] = cut_text("## Use\n\n```python\nx = 1\n")
        assert piece.text == "## Use\n\n```python\nx = 1\n```"

    def test_a_block_in_a_quote_is_closed_in_the_quote(self, cut_text):
        [piece] = cut_text("> ```\n> x = 1\n\nText.")
        assert piece.text == "> ```\n> x = 1\n> ```\n\nText."

    @pytest.mark.parametrize(
        "opening", ['!!! note "Mind"', "??? tip", '=== "Python"', "::: box", "- Item", "1. Item", "<Tab>"]
    )
    def test_a_fence_indented_in_anything_is_a_fence(self, cut_text, opening):
        pieces = cut_text(
            f"{opening}\n\n    ```python\n    # no heading\n\n    x = 1\n    ```\n\n## Next\n\n{words(50)}"
        )
        assert paths(pieces) == [("Page",), ("Page", "Next")]
        assert pieces[0].text.endswith("    # no heading\n\n    x = 1\n    ```")

    def test_code_that_hangs_out_of_its_list_item_stays_in_its_fence(self, cut_text):
        pieces = cut_text(f"- Item\n\n  ```\n# no heading\n  ```\n\n## Next\n\n{words(50)}")
        assert paths(pieces) == [("Page",), ("Page", "Next")]


class TestTables:
    def test_rows_are_kept_whole_and_the_header_repeated(self, cut_text):
        header = "| name | meaning |\n| --- | --- |"
        rows = [f"| {name} | {words(8)} |" for name in "abcdefghijklmno"]
        pieces = cut_text(header + "\n" + "\n".join(rows))
        assert len(pieces) > 1
        assert all(text.startswith(header + "\n| ") for text in texts(pieces))
        assert [row for text in texts(pieces) for row in text.split("\n")[2:]] == rows

    def test_a_table_that_fits_stays_whole(self, cut_text):
        table = "| name | meaning |\n| --- | --- |\n" + "\n".join(f"| {name} | text |" for name in "abcdefgh")
        assert table in texts(cut_text(f"{words(38)}\n\n{table}\n\n{words(38)}"))

    def test_an_html_table_is_cut_between_its_rows(self, cut_text):
        rows = [f"<tr>\n<td>{name}</td>\n<td>{words(8)}</td>\n</tr>" for name in "abcdefgh"]
        head = "<table>\n<tr><th>Name</th></tr>"
        pieces = cut_text(head + "\n" + "\n".join(rows) + "\n</table>")
        assert len(pieces) > 1
        assert all(text.startswith(head + "\n<tr>") and text.endswith("</tr>\n</table>") for text in texts(pieces))


class TestLists:
    def test_items_are_kept_whole(self, cut_text):
        items = [f"- {words(12, name)}\n  - {words(12, name)}" for name in "abcdef"]
        pieces = cut_text("\n".join(items))
        assert len(pieces) > 1
        assert "\n".join(texts(pieces)) == "\n".join(items)
        assert all(text.startswith("- ") for text in texts(pieces))


class TestWhatIsDropped:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("<!-- Copyright 2025\nAll rights reserved. -->\n\nText.", "Text."),
            ("---\ntitle: Page\ntags: [a]\n---\n\nText.", "Text."),
            ("+++\ntitle = 'Page'\n+++\nText.", "Text."),
            ("import Tabs from '@theme/Tabs';\nexport const meta = { a: 1 }\n\nText.", "Text."),
            ("<Tip warning={true}>\n\nText.\n\n</Tip>", "Text."),
            ("<Tip>\nText.\n</Tip>\n\nMore.", "Text.\n\nMore."),
            ('<hfoptions id="os">\n<hfoption id="Linux">\n\nText.\n\n</hfoption>\n</hfoptions>', "Linux\n\nText."),
            ("Text.\n\n{/* a note to editors */}\n\nMore.", "Text.\n\nMore."),
            ('<div class="flex">\n  <img src="x.png"/>\n</div>\n\nText.', "Text."),
            ('<p align="center">\n  <em>Figure 1</em>\n</p>', "<em>Figure 1</em>"),
            ("[![Build](https://a/b.svg)](https://a) [![Docs](https://a/d.svg)](https://d)\n\nText.", "Text."),
            ("[](){#anchor}\n\nText.", "Text."),
        ],
    )
    def test_wrappers_and_notes_to_tools_are(self, cut_text, given, kept):
        assert texts(cut_text(given)) == [kept]

    @pytest.mark.parametrize(
        "text",
        [
            "[[autodoc]] DPOTrainer\n    - train",
            "> [!NOTE]\n> Text.",
            '!!! note "Title"\n    Text.',
            '=== "Linux"\n\n    Text.\n\n=== "Windows"\n\n    Text.',
            "::: pydantic.BaseModel\n    options:\n        members: [a]",
            ":::tip\nText.\n:::",
            "[name]: https://example.org\n\nText [name].",
            "<!-- never closed\n\nText.",
            "---\n\nText between rules.\n\n---",
            "import torch is how it starts.",
            "<table>\n<tr><td>1</td></tr>\n</table>",
            "Text with <Tip> in it.",
            "```html\n<!-- kept -->\n<Tip>\n</Tip>\n```",
            "<details>\n<summary>More</summary>\n\nText.\n\n</details>".replace("<details>\n", "").replace(
                "</details>", ""
            ),
        ],
    )
    def test_anything_else_is_kept(self, cut_text, text):
        assert texts(cut_text(text)) == [text.removesuffix("\n\n").replace("<summary>More</summary>", "More")]


class TestOffsets:
    def test_the_slice_is_the_text(self, cut_text):
        source = (
            f"\n\n# Page\r\n\r\n{words(60)}\r\n\r\n\tindented\r\n\r\n- a 🤗\r\n\r\n\r\n- b\n\n## Use\n\n{words(60)}\n\n"
        )
        for piece in cut_text(source):
            assert source[piece.char_start : piece.char_end] == piece.text

    def test_the_slice_holds_what_was_dropped_from_the_text(self, cut_text):
        source = "Text.\n\n<Tip>\n\nMind.\n\n</Tip>\n\nMore."
        [piece] = cut_text(source)
        assert piece.text == "Text.\n\nMind.\n\nMore."
        assert (piece.char_start, piece.char_end) == (0, len(source))

    def test_a_repeated_header_is_outside_the_slice(self, cut_text):
        source = "| a | b |\n|---|---|\n" + "\n".join(f"| {number} | {words(20)} |" for number in range(8))
        for piece in cut_text(source)[1:]:
            assert piece.text == "| a | b |\n|---|---|\n" + source[piece.char_start : piece.char_end]


class TestLimit:
    def test_the_title_path_counts(self, cut_text, count_tokens):
        source = f"# {words(15, 'title')}\n\n## {words(15, 'heading')}\n\n{words(300)}"
        pieces = cut_text(source)
        assert all(count_tokens(" > ".join(piece.heading_path) + "\n" + piece.text) <= 80 for piece in pieces)

    def test_a_path_that_leaves_no_room_is_shortened(self, cut_text):
        headings = "\n\n".join(f"{'#' * level} {words(20, f'h{level}x')}" for level in range(1, 7))
        pieces = cut_text(f"{headings}\n\n{words(100)}")
        assert pieces[-1].text.endswith("word99")
        assert all(piece.heading_path[0] == "Page" for piece in pieces[-1:])

    def test_a_tokenizer_that_counts_line_breaks_is_obeyed(self):
        source = "\n\n".join("ab" for _ in range(200))
        for piece in chunk_document(Document("a.md", source, "T"), TokenBudget(len, target=40, limit=60)):
            assert len("T\n" + piece.text) <= 60


def test_nested_admonitions_end_where_their_indent_ends(cut_text):
    source = dedent(
        """\
        !!! note
            One.

            ??? tip "More"
                Two.
        Three.
        """
    )
    assert texts(cut_text(source, target=4, limit=16)) == [
        "!!! note\n    One.",
        '    ??? tip "More"\n        Two.',
        "Three.",
    ]


SENTENCES = [
    "Fill the kettle with water up to the mark and close the lid before you switch it on.",
    "Descale it once a month with vinegar, and rinse it twice so that the tea doesn't taste of it.",
    "The warranty covers two years, but not the heating element when it was run dry on purpose.",
    "Press the lower button for half a litre; the upper one boils all that there is in it.",
]


class TestDocuments:
    @pytest.fixture
    def chunk(self, count_tokens):
        """Chunk documents, one chunk per sentence."""

        def chunk(*documents, progress=lambda *_: None):
            budget = TokenBudget(count_tokens, target=16, limit=40)
            return chunk_documents(documents, budget, lambda name: f"https://docs.example/{name}", progress)

        return chunk

    @staticmethod
    def document(name, *sentences, url=""):
        return Document(f"{name}.md", "\n\n".join(sentences), name.title(), url)

    def test_chunks_are_numbered_and_linked_within_their_document(self, chunk):
        made = chunk(
            self.document("kettle", *SENTENCES[:3]), self.document("empty"), self.document("teapot", SENTENCES[3])
        )
        assert [chunk.chunk_id for chunk in made] == [0, 1, 2, 3]
        assert [chunk.prev_chunk_id for chunk in made] == [None, 0, 1, None]
        assert [chunk.next_chunk_id for chunk in made] == [1, 2, None, None]

    def test_a_chunk_knows_where_it_is_from(self, chunk):
        [_, second] = chunk(self.document("kettle", SENTENCES[0], "## Care", SENTENCES[1]))
        assert (second.text, second.source_file) == (f"## Care\n\n{SENTENCES[1]}", "kettle.md")
        assert (second.doc_title, second.section_heading, second.heading_path) == ("Kettle", "Care", ("Kettle", "Care"))
        assert (second.char_start, second.char_end) == (len(SENTENCES[0]) + 2, len(SENTENCES[0]) + 2 + len(second.text))
        assert second.url == "https://docs.example/kettle.md"

    def test_a_documents_own_address_comes_first(self, chunk):
        [only] = chunk(self.document("kettle", SENTENCES[0], url="https://elsewhere.example"))
        assert only.url == "https://elsewhere.example"

    def test_repeats_stay_in_their_document(self, chunk):
        made = chunk(self.document("kettle", *SENTENCES[:2]), self.document("teapot", SENTENCES[1], SENTENCES[2]))
        assert [chunk.model_extra for chunk in made] == [{}, {"also_in": ["teapot.md"]}, {"repeats": 1}, {}]

    def test_progress_counts_documents(self, chunk):
        reported = []
        chunk(
            self.document("a", SENTENCES[0]),
            self.document("b", SENTENCES[1]),
            progress=lambda *counts: reported.append(counts),
        )
        assert reported == [(0, 2), (1, 2), (2, 2)]

    def test_a_parsed_document_gives_the_same_chunks(self, chunk):
        text = f"# Kettle\n\n{SENTENCES[0]}\n\n```python\nboil()\n```\n"
        plain = Document("kettle.md", text, "Kettle")
        assert chunk(replace(plain, parsed=parse_markdown(text))) == chunk(plain)


def test_a_target_above_what_the_model_reads_does_not_make_longer_chunks(cut_text, count_tokens):
    chunks = cut_text("# Page\n\n" + "Water boils, and then it cools down.\n\n" * 40, target=10_000, limit=80)
    assert max(count_tokens(" > ".join(chunk.heading_path) + "\n" + chunk.text) for chunk in chunks) <= 80
    assert "".join(chunk.text for chunk in chunks).count("cools") == 40
