"""Containers between colons or slashes."""

import pytest

from vrom.builder.sources.formats.markdown.boxes.containers import unwrap_containers


@pytest.mark.parametrize(
    ("opening", "label"),
    [
        ("::: tip", "**Tip**:"),
        (":::warning", "**Warning**:"),
        ("::: tip About keys", "**Tip: About keys**:"),
        (":::note[About keys]", "**Note: About keys**:"),
        (':::note{title="About keys"}', "**Note: About keys**:"),
        ("::: {.callout-note}", "**Note**:"),
        ('::: {.callout-note title="About keys"}', "**Note: About keys**:"),
        (":::{seealso}", "**See also**:"),
        ("::: details Click here", "**Click here**:"),
        ("::: details Click here {open}", "**Click here**:"),
    ],
)
def test_a_box_becomes_its_label_and_its_content(opening, label):
    assert unwrap_containers(f"A.\n\n{opening}\nText.\n:::\n\nB.").split() == f"A. {label} Text. B.".split()


@pytest.mark.parametrize("opening", ["::: {#fig-a .column}", "::: v-pre", "::: code-group", "::::: {.columns}"])
def test_a_container_without_a_label_becomes_its_content(opening):
    assert unwrap_containers(f"{opening}\nText.\n:::").strip() == "Text."


def test_containers_nest():
    text = ":::: info\nOuter.\n::: danger\nInner.\n:::\nAfter.\n::::\nEnd."
    assert unwrap_containers(text).split() == ["**Info**:", "Outer.", "**Danger**:", "Inner.", "After.", "End."]


def test_a_heading_in_a_box_is_its_title_and_begins_no_section():
    text = unwrap_containers("::: {.callout-tip}\n## Short names\n\nText.\n:::\n\n## Next")
    assert "**Tip: Short names**:" in text
    assert "## Short" not in text
    assert "## Next" in text


def test_headings_in_a_set_of_tabs_are_their_labels():
    text = unwrap_containers("::: panel-tabset\n## R\n\nx\n\n## Python\n\ny\n:::")
    assert text.split() == ["**R**:", "x", "**Python**:", "y"]


def test_headings_in_other_containers_stay():
    assert "## Kept" in unwrap_containers("::: {.column}\n## Kept\n\nText.\n:::")


@pytest.mark.parametrize(
    ("opening", "label"),
    [
        ("/// note | About keys", "**Note: About keys**:"),
        ("/// details | More", "**More**:"),
        ("/// tab | Linux", "**Linux**:"),
        ("/// version-added | v2", "**Version added: v2**:"),
    ],
)
def test_slashes_are_a_block_of_python_markdown(opening, label):
    assert unwrap_containers(f"{opening}\n    open: true\n\nText.\n///").split() == f"{label} Text.".split()


@pytest.mark.parametrize(
    "text", ["::: demo.module\n    options:\n      a: b", ":::", "::: tip\nnever closed", "/// not", "a ::: b"]
)
def test_what_nothing_closes_is_text(text):
    assert unwrap_containers(text) == text


def test_a_container_in_a_list_stays_there():
    assert "  **Tip**:\n  Text." in unwrap_containers("- a\n\n  ::: tip\n  Text.\n  :::\n")
