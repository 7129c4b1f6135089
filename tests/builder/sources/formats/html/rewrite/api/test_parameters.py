"""Tables of parameters with tables of their properties."""

import pytest

HEAD = "<thead><tr><th>Name</th><th>Description</th></tr></thead>"
INNER_HEAD = "<thead><tr><th>Name</th><th>Default</th><th>Description</th></tr></thead>"


def _row(name, *cells):
    return f"<tr><td class=name><code>{name}</code></td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _table(head, *rows):
    return f"<table class=params>{head}<tbody>{''.join(rows)}</tbody></table>"


def test_properties_become_rows_with_their_full_names(markdown):
    inner = _table(INNER_HEAD, _row("size", "10", "Of the cache."))
    text = markdown(_table(HEAD, _row("options", f"How.<h6>Properties</h6>{inner}"), _row("key", "Which.")))
    assert text == (
        "| Name | Default | Description |\n| --- | --- | --- |\n| `options` |  | How. |\n"
        "| `options.size` | 10 | Of the cache. |\n| `key` |  | Which. |"
    )


def test_a_table_without_others_stays_as_it_is(markdown):
    text = markdown(_table(HEAD, _row("key", "Which.")))
    assert text == "| Name | Description |\n| --- | --- |\n| `key` | Which. |"


@pytest.mark.parametrize("head", ["", "<thead><tr><th>Name</th><th>Name</th></tr></thead>"])
def test_no_cell_is_lost_where_columns_have_no_titles_of_their_own(markdown, head):
    inner = _table(head, _row("size", "First.", "Second."))
    text = markdown(_table(head, _row("options", f"How.{inner}", "Third.")))
    assert all(word in text for word in ("options.size", "How.", "First.", "Second.", "Third."))


def test_nesting_is_bounded(markdown):
    table = _table(HEAD, _row("last", "The innermost."))
    for depth in range(30):
        table = _table(HEAD, _row(f"o{depth}", f"Text {depth}.{table}"))
    text = markdown(table)
    assert "The innermost." in text
    assert all(f"Text {depth}." in text for depth in range(30))
