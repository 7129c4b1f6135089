"""AsciiDoc as Markdown."""

import pytest

from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.markup.asciidoc.preprocess import expand_includes
from vrom.builder.sources.formats.markup.asciidoc.read import read_asciidoc
from vrom.builder.sources.formats.markup.asciidoc.recognize import is_asciidoc


def read(text, included=lambda path: None):
    (document,) = read_asciidoc(text, "page.adoc", included)
    return document


def markdown(text):
    return read(text).text.strip()


def test_the_header_gives_the_title_and_goes_from_the_text():
    document = read("= Larder Guide\nAda Byron <ada@example.org>\nv2.1, 2024-03-01\n:toc:\n\nFirst words.")
    assert document.title == "Larder Guide"
    assert document.text == "# Larder Guide\n\nFirst words.\n"


def test_words_below_the_title_that_are_no_author_stay():
    assert "This explains pantries" in markdown("= Title\nThis explains pantries\nin full.")


def test_sections_have_their_level_in_both_notations():
    assert markdown("== One\n\ntext\n\n=== Two\n\nOlder\n-----\n\ntext\n\nOldest\n~~~~~~") == (
        "## One\n\ntext\n\n### Two\n\n## Older\n\ntext\n\n### Oldest"
    )


def test_a_listing_whose_mark_follows_a_line_of_other_length_is_code():
    assert markdown("Run it now:\n----\nmake\n----") == "Run it now:\n\n```\nmake\n```"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[source,java]\n----\nint a;\n----", "```java\nint a;\n```"),
        ("[,ruby]\n----\nputs 1\n----", "```ruby\nputs 1\n```"),
        ('[source,yaml,indent=0,subs="verbatim,attributes"]\n----\n    a: 1\n----', "```yaml\na: 1\n```"),
        ("[source%linenums,c]\nint a;", "```c\nint a;\n```"),
        ("....\nplain\n....", "```\nplain\n```"),
        (" indented\n   more", "```\nindented\n  more\n```"),
        ("```go\nvar a\n```", "```go\nvar a\n```"),
        (":source-language: kotlin\n\n[source]\n----\nval a\n----", "```kotlin\nval a\n```"),
    ],
)
def test_code_has_its_language(source, expected):
    assert markdown(source) == expected


def test_callouts_are_comments_that_leave_the_code_valid():
    text = markdown("[source,python]\n----\na = 1 # <1>\nb = 2 <2>\n----\n<1> First\n<2> Second")
    assert text == "```python\na = 1 # (1)\nb = 2 # (2)\n```\n\n1. First\n2. Second"
    assert markdown("[source,xml]\n----\n<a/> <!--1-->\n----") == "```xml\n<a/> <!-- (1) -->\n```"


def test_code_that_only_looks_like_a_callout_stays():
    assert "Map<1, 2> x" in markdown("[source,java]\n----\nMap<1, 2> x\n----")


def test_admonitions_and_sidebars_are_quotes():
    assert markdown("NOTE: Mind *this*.") == "> **Note:** Mind **this**."
    assert markdown("[WARNING]\n.Fire\n====\nIt burns.\n\n* hot\n====") == "> **Warning: Fire** It burns.\n>\n> - hot"
    assert markdown("****\nAside.\n****") == "> Aside."
    assert markdown("[quote,Someone,Book]\n____\nWords.\n____") == "> Words.\n>\n> — Someone, Book"


def test_lists_are_nested_and_blocks_are_attached():
    assert markdown("* one\n** two\n+\nmore\n* three\n+\n----\ncode\n----\n\n. first\n. second") == (
        "- one\n  - two\n\n    more\n- three\n\n  ```\n  code\n  ```\n  1. first\n  2. second"
    )


def test_lists_of_terms_keep_term_and_text_together():
    assert markdown("`ttl`:: How long.\n`max`::\n  How many.\nlone::\n+\n----\nx\n----") == (
        "- **`ttl`**: How long.\n- **`max`**: How many.\n- **lone**:\n\n  ```\n  x\n  ```"
    )


def test_tabs_keep_their_labels():
    text = markdown("[tabs]\n======\nJava::\n+\n[source,java]\n----\na();\n----\nKotlin::\n+\n----\nb()\n----\n======")
    assert text.index("**Java**") < text.index("```java") < text.index("**Kotlin**") < text.index("b()")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("|===\n|Name |Use\n\n|a |b\n|===", ["| Name | Use |", "| --- | --- |", "| a | b |"]),
        ('[cols="1,1",options="header"]\n|===\n|Name\n|Use\n|a\n|b\n|===', ["| Name | Use |", "| a | b |"]),
        ("[%header,format=csv]\n|===\nName,Use\na,\"b, c\"\n|===", ["| Name | Use |", "| a | b, c |"]),
        ('[cols="2*"]\n|===\n2+|wide\n.2+|tall |x |y\n|===', ["| wide |  |", "| tall | x |", "| tall | y |"]),
        (",===\na,b\n,===", ["| a | b |"]),
        ("|===\n|a \\| b |c\n|===", ["| a \\| b | c |"]),
    ],
)  # fmt: skip
def test_tables_have_each_value_in_its_column(table, expected):
    lines = markdown(table).split("\n")
    assert [line for line in lines if line in expected] == expected


def test_a_table_with_code_in_a_cell_is_a_list_that_keeps_its_lines():
    text = markdown('[cols="1,1a",options="header"]\n|===\n|Name |Example\n\n|put\n|\n----\na\nb\n----\n|===')
    assert "- **Name**: put" in text
    assert "```\n  a\n  b\n  ```" in text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("*bold* and _slanted_ and `code`", "**bold** and *slanted* and `code`"),
        ("un**bold**ed and a*b*c", "un**bold**ed and a*b*c"),
        ("snake_case_name stays", "snake_case_name stays"),
        ("`+{raw}+` and `a*b*`", "`{raw}` and `a*b*`"),
        ("https://x.org[the site,window=_blank]", "[the site](https://x.org)"),
        ("link:a.html[here^]", "[here](a.html)"),
        ("xref:other.adoc#part[Other]", "[Other](other.adoc#part)"),
        ('"`quoted`"', "“quoted”"),
        ("press kbd:[Ctrl+C], menu:File[Save > All]", "press Ctrl+C, File > Save > All"),
        ("a((visible))b(((hidden,term))) c", "avisibleb c"),
        ("footnote:[An aside.] then", "(An aside.) then"),
        ("List<String> stays", "List\\<String> stays"),
        ("linkgit:git-add[1]", "git-add(1)"),
        ("H~2~O and 10^3^", "H2O and 103"),
        ("a +++<b>x</b>+++ b", "a <b>x</b> b"),
    ],
)
def test_marks_within_a_line(source, expected):
    assert markdown(source) == expected


def test_references_show_the_title_of_what_they_lead_to():
    text = markdown("== Setup [[inst]]\n\nSee <<inst>>, <<conf>>, <<conf,the settings>>.\n\n[#conf]\n=== All Settings")
    assert "See Setup, All Settings, the settings." in text


def test_attributes_are_put_in_where_they_are_set():
    text = markdown(":v: 1\n\n{v} \\{v} {unknown}\n\n:v: 2\n\n{v}\n\n----\n{v}\n----")
    assert text == "1 {v} {unknown}\n\n2\n\n```\n{v}\n```"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ifdef::a[]\nyes\nendif::[]\nrest", "rest"),
        (":a:\n\nifdef::a[]\nyes\nendif::[]", "yes"),
        ("ifndef::a[only without]", "only without"),
        (':v: 3\n\nifeval::["{v}" == "3"]\nthree\nendif::[]', "three"),
        ("ifeval::[2 > 10]\nno\nendif::[]\nrest", "rest"),
        (":a:\n\nifdef::a,b[]\nany\nendif::[]\nifdef::a+b[]\nboth\nendif::[]", "any"),
        ("ifdef::x[]\nifdef::y[]\ndeep\nendif::[]\nendif::[]\nrest", "rest"),
        ("// comment\ntext\n\n////\nhidden\n////", "text"),
    ],
)
def test_conditions_and_comments(source, expected):
    assert markdown(source) == expected


FILES = {
    "part.adoc": "== Part\n\ninclude::code.py[tag=use]",
    "code.py": "import larder\n# tag::use[]\nlarder.put(1)\n# end::use[]\nlarder.close()\n",
    "loop.adoc": "text\n\ninclude::loop.adoc[]",
}


@pytest.mark.parametrize(
    ("directive", "expected"),
    [
        ("----\ninclude::code.py[tag=use]\n----", "```\nlarder.put(1)\n```"),
        ("----\ninclude::code.py[lines=1;5]\n----", "```\nimport larder\nlarder.close()\n```"),
        ("----\ninclude::code.py[tags=!use]\n----", "```\nimport larder\nlarder.close()\n```"),
        ("----\ninclude::code.py[]\n----", "```\nimport larder\nlarder.put(1)\nlarder.close()\n```"),
        ("include::part.adoc[leveloffset=+1]", "### Part\n\nlarder.put(1)"),
        (":dir: .\n\ninclude::part.adoc[leveloffset=1]", "### Part\n\nlarder.put(1)"),
    ],
)
def test_included_files_are_put_in(directive, expected):
    assert read(directive, FILES.get).text.strip() == expected


def test_includes_alone_can_be_put_in():
    source = (
        "= T\n:dir: src\n\nifdef::x[]\ninclude::no.adoc[]\nendif::[]\n\\include::a[]\n"
        "----\ninclude::{dir}/a.py[]\n----\n{dir}"
    )
    text, remarks = expand_includes(source, {"src/a.py": "put(1)\n"}.get)
    assert text == source.replace("include::no.adoc[]\n", "").replace("include::{dir}/a.py[]", "put(1)")
    assert not remarks


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("partial$a.adoc", "partials/a.adoc"),
        ("shop:example$b/a.adoc", "shop/examples/b/a.adoc"),
        ("part:shop:partial$a.adoc", "shop/partials/a.adoc"),
    ],
)
def test_files_are_found_by_the_names_that_antora_gives_them(path, place):
    assert read(f"include::{path}[]", {place: "found"}.get).text.strip() == "found"


def test_files_within_included_files_are_found_from_those():
    files = {"sub/part.adoc": "include::code.adoc[]", "sub/code.adoc": "found"}
    assert read("include::sub/part.adoc[]", files.get).text.strip() == "found"


def test_what_cannot_be_included_is_named_and_a_loop_ends():
    document = read("text\n\ninclude::{dir}/gone.adoc[]\n\ninclude::maybe.adoc[opts=optional]")
    assert [remark.example for remark in document.remarks] == ["include::{dir}/gone.adoc[]"]
    assert document.remarks[0].lost
    assert read("include::loop.adoc[]", FILES.get).text.count("text") < 20


def test_a_document_of_comments_is_unreadable():
    with pytest.raises(UnreadableError, match="no text"):
        read(":a: b\n// nothing\n")


def test_text_files_in_asciidoc_are_recognised_and_others_are_not():
    legacy = "tool(1)\n=======\n\nNAME\n----\ntool - Add\n\nOPTIONS\n-------\n-n::\n\tDry.\n+\nSee linkgit:x[1].\n"
    assert is_asciidoc(legacy)
    assert is_asciidoc(legacy + "\n----\n# a comment in an example\ntool -n\n----\n")
    assert is_asciidoc("= Title\n\nText.\n\n== Part\n\n----\ncode\n----\n")
    assert not is_asciidoc("# Title\n\nText.\n\n## Part\n\n```\ncode\n```\n")
    assert not is_asciidoc("Title\n=====\n\n.. note:: This\n\nCode::\n\n    x\n")
    assert not is_asciidoc("Just a letter.\n\nNOTE: keep it.\n")


def test_an_underlined_title_is_as_long_as_it_is_written():
    text = "my{dash}{dash}tool(1)\n=====================\n\nNAME\n----\nmy{dash}tool - Add\n\nUSE\n---\n{dash}n\n"
    assert "## USE" in markdown(f":dash: -\n{text}")
    assert "my-tool - Add" in markdown(f":dash: -\n{text}")


def test_a_block_of_code_below_text_of_its_length_is_no_title():
    assert "```\n{x}\n```" in markdown(":x: y\n\nSome\ntext\n----\n{x}\n----\n")


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "part",
    [
        "\n",
        " \n",
        "//\n",
        "// \n\n",
        "link:",
        "link:a[",
        "<<a",
        "<<a,",
        "[source",
        "::",
        "a::\n",
        "----\n",
        "include::a[",
        "= a =\n",
    ],
)
def test_no_plain_text_takes_long_to_recognise(part):
    is_asciidoc(part * 30_000)
    is_asciidoc("x" + part * 30_000 + "x")
