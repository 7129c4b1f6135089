"""Headings and titles that only classes show to be such."""

import pytest


@pytest.mark.parametrize(
    "card",
    [
        "<div class=sd-card><div class='sd-card-title'>First</div><p>Text.</p></div>",
        "<article class=card><p class=title><span>First</span></p><div class=body><p>Text.</p></div></article>",
    ],
)
def test_the_title_of_a_card_is_a_line_in_bold(markdown, card):
    assert markdown(f"<h1>T</h1>{card}") == "# T\n\n**First**\n\nText."


def test_the_constructor_of_a_class_is_beside_its_members(markdown):
    text = markdown(
        "<h1>Cache</h1><h2>store.Cache</h2><div class=container-overview><h2>Constructor</h2><p>Makes.</p></div>"
        "<h3>Methods</h3><p>All.</p>"
    )
    assert [line for line in text.split("\n") if line.startswith("#")] == [
        "# Cache",
        "## store.Cache",
        "### Constructor",
        "### Methods",
    ]


def test_a_table_of_fields_is_a_list_of_terms(markdown):
    text = markdown(
        "<h1>get</h1><table class='docutils field-list'><tr class=field><th class=field-name>Parameters:</th>"
        "<td class=field-body><ul><li>k: The key.</ul></td></tr><tr><th colspan=2>Raises if it is missing:</th></tr>"
        "<tr><td>&nbsp;</td><td>KeyError</td></tr></table>"
    )
    assert text == "# get\n\n**Parameters:**\n\n- k: The key.\n\n**Raises if it is missing:**\n\nKeyError"
