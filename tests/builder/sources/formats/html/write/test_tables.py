"""Tables."""

import pytest


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            "<tr><th>A<th>B<tr><td rowspan=2>x<td>1<tr><td>2",
            "| A | B |\n| --- | --- |\n| x | 1 |\n| x | 2 |",
        ),
        (
            "<tr><th>A<th>B<th>C<tr><td colspan=2>x<td>1",
            "| A | B | C |\n| --- | --- | --- |\n| x |  | 1 |",
        ),
        (
            "<thead><tr><th rowspan=2>A<th colspan=2>B<tr><th>C<th>D</thead><tr><td>1<td>2<td>3",
            "| A | B C | B D |\n| --- | --- | --- |\n| 1 | 2 | 3 |",
        ),
        (
            "<tr><th>A<th>B<tr><td><pre>x\ny</pre><td><ul><li>p<li>q</ul>",
            "| A | B |\n| --- | --- |\n| `x`<br>`y` | - p<br>- q |",
        ),
        (
            "<tr><th>A<th>B<tr><td>o<td><table><tr><td>i<td>j<tr><td>k<td>l</table>",
            "| A | B |\n| --- | --- |\n| o | i, j<br>k, l |",
        ),
        ("<tr><td>only<tr><td>one column", "only\n\none column"),
        ("<tr><td><h2>H</h2><p>x</p><td><p>y</p>", "## H\n\nx\n\ny"),
    ],
)
def test_each_value_is_under_its_header(markdown, rows, expected):
    assert markdown(f"<p>T.</p><table>{rows}</table>") == f"T.\n\n{expected}"


def test_a_caption_is_a_line_before_the_table(markdown):
    assert markdown("<table><caption>Limits</caption><tr><th>A<th>B<tr><td>1<td>2</table>").startswith(
        "**Limits**\n\n|"
    )


@pytest.mark.timeout(60)
def test_spans_without_end_are_bounded(markdown):
    text = markdown("<table>" + "<tr><td rowspan=65534 colspan=1000>v</td><td>b</td></tr>" * 500 + "</table>")
    assert len(text) < 1_000_000
    assert text.count("b") == 500
