"""Which lines are headings, and the text of a heading."""

import pytest

from vrom.markdown.headings import (
    LONGEST,
    begins_section,
    begins_with_marks,
    displayed_heading,
    heading_text,
    read_heading,
    read_html_heading,
    strip_marks,
    strip_reference,
)


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("# Title", (1, "Title")),
        ("###### Deep ##", (6, "Deep ##")),
        ("#\tTab", (1, "Tab")),
        ("# ", (1, "")),
        ("   ## Indented", (2, "Indented")),
        ("    ## Code", None),
        ("####### Seven", None),
        ("#hashtag", None),
        ("#", None),
        ("> # Quoted", None),
    ],
)
def test_a_heading_has_one_to_six_marks_and_a_space(line, heading):
    assert read_heading(line) == heading


def test_an_indented_heading_can_be_refused():
    assert read_heading(" # Title", indented=False) is None
    assert read_heading("# Title", indented=False) == (1, "Title")


def test_a_section_also_begins_at_marks_without_text():
    assert begins_section("#")
    assert begins_section("  ## Title")
    assert not begins_section("#hashtag")
    assert not begins_section("    # code")


def test_a_text_dump_has_marks_at_the_start_of_a_line():
    assert begins_with_marks("## Title")
    assert not begins_with_marks(" ## Title")
    assert not begins_with_marks("##")
    assert not begins_with_marks("#!x")


@pytest.mark.parametrize("line", ["# Title", "  ### Title ###", "Title"])
def test_a_heading_without_its_marks(line):
    assert strip_marks(line).strip() == "Title"


@pytest.mark.parametrize(
    "written", ["Loss types[[trl.loss]]", "Loss types {#loss}", "Loss types ##", '<a id="x"></a>Loss types']
)
def test_the_text_of_a_heading_has_no_anchor(written):
    assert heading_text(written) == "Loss types"


def test_a_reference_at_the_end_is_removed_and_nothing_else():
    assert strip_reference("Trainer [[trl.Trainer]]") == "Trainer "
    assert strip_reference("Trainer {#trainer}") == "Trainer {#trainer}"


def test_an_html_heading_fills_its_line():
    assert read_html_heading('<h2 id="x">The <code>run</code> command</h2>') == (2, "The run command")
    assert read_html_heading("<h2>Open") is None
    assert read_html_heading("<h2>A</h2> and text") is None


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Quick start", "Quick start"),
        ("The `reward_funcs` argument", "The reward_funcs argument"),
        ("DPOTrainer[[trl.DPOTrainer]]", "DPOTrainer"),
        ("[[trl.DPOTrainer]]", ""),
        ("Strict mode {#strict-lax}", "Strict mode"),
        ("Strict mode { #strict-lax data-toc-label='x' }", "Strict mode"),
        ("[Install](install.md) it", "Install it"),
        ("[](https://example.org/#a)Install", "Install"),
        ("**Bold** and _soft_ __init__", "Bold and soft __init__"),
        ("`__init__` and snake_case_name", "__init__ and snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        (r"list\[int\]", "list[int]"),
        ("`dict[str, {}]`", "dict[str, {}]"),
        ("Heading ¶", "Heading"),
        ("A <code>b</code>", "A b"),
        ('Ports { id="ports" }', "Ports"),
        ("Ports {: #ports .wide}", "Ports"),
        ("`onPress` {/* #on-press */}", "onPress"),
        ('Sorting {%- include badge.html version="4" -%}', "Sorting"),
        ("Ports <!-- omit in toc -->", "Ports"),
        (r"Type \<T\> and \*\*args", "Type <T> and **args"),
        ("Vec<T>, Map<string, number> and add <name>", "Vec<T>, Map<string, number> and add <name>"),
        ("List[int] and Dict[str][int]", "List[int] and Dict[str][int]"),
        ("A &lt;b&gt; &amp; c", "A <b> & c"),
        ("Tool [![ci](a.svg)](/ci) ![logo](b.png)", "Tool"),
        ("![Logo](b.png)", "Logo"),
        ('Hooks <Badge type="tip" text="3" />', "Hooks"),
        ('<a id="x"></a>Ports', "Ports"),
        ("Two<br>lines", "Two lines"),
        ("<https://x.example/a>", "https://x.example/a"),
    ],
)
def test_a_heading_is_what_readers_see(written, seen):
    assert displayed_heading(written) == seen


@pytest.mark.timeout(60)
@pytest.mark.parametrize("hostile", ["``", "**a", "[", "<a ", "[[", " ", "__"])
def test_a_heading_that_was_made_to_be_read_for_ever_is_cut(hostile):
    assert len(displayed_heading("Title" + hostile * 500_000 + "b")) <= LONGEST
