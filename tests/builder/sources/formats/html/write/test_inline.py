"""Text and inline elements."""

import pytest


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("The <acronym>SQL</acronym> <x-term>norm</x-term>.", "The SQL norm."),
        ("x<sup>2</sup>, 10<sup>-3</sup>, 1<sup>st</sup>, a<sub>i</sub>", "x^2, 10^(-3), 1st, a_i"),
        ("<kbd>Ctrl</kbd>+<kbd>C</kbd>", "`Ctrl`+`C`"),
        ('<img class=emoji alt="🚀" src=x.png> Go', "🚀 Go"),
        ('<img alt=chart src="data:image/png;base64,AAAA">', "[image: chart]"),
        ('<a href="data:text/csv,1,2">rows</a>', "rows [embedded file]"),
        (f'<a href="https://play.example/?code={"x" * 400}">Try</a> it', "Try it"),
        ('<a href="blob:x">b</a>', "b"),
        ("<code>`a`</code>", "`` `a` ``"),
        ("<q>so</q>", '"so"'),
        (
            "<span class=katex><span class=katex-mathml><math><semantics><mi>x</mi>"
            "<annotation encoding='application/x-tex'>x^2"
            "</annotation></semantics></math></span><span class=katex-html aria-hidden=true>x2</span></span>",
            "$x^2$",
        ),
        ("<span class=MathJax_Preview>x2</span><script type='math/tex'>x^2</script>", "$x^2$"),
        ('<math alttext="x^2" display="block"><mi>x</mi></math>', "$$x^2$$"),
        ("1. not a list", "1\\. not a list"),
    ],
)
def test_each_element(markdown, given, expected):
    assert markdown(f"<p>{given}</p>") == expected


def test_a_task_keeps_its_box(markdown):
    assert markdown("<ul><li><input type=checkbox checked> a<li><input type=checkbox> b</ul>") == "- [x] a\n- [ ] b"
