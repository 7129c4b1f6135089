"""Tags of Liquid, GitBook and Markdoc."""

import pytest

from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects


def rewrite(text):
    return rewrite_dialects(text, "page.md", str).text.strip()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('{% hint style="warning" %}\nText.\n{% endhint %}', "**Warning**:\nText."),
        ('{% tab title="Linux" %}\nText.\n{% endtab %}', "**Linux**:\nText."),
        ("{% tabs %}\n{% tab os linux %}\nText.\n{% endtab %}\n{% endtabs %}", "**linux**:\nText."),
        ('{% callout type="note" title="Careful" %}\nText.\n{% /callout %}', "**Note: Careful**:\nText."),
        ("{% note %}\n\nText.\n\n{% endnote %}", "**Note**:\n\nText."),
        ('{% include warning.html content="Restart it." %}', "**Warning**: Restart it."),
        ("{% include nav.html %}", ""),
        ("{% if a %}\nA.\n{% else %}\nB.\n{% endif %}", "A.\n\nB."),
        ("You {% ifversion x %}can{% endif %} go.", "You can go."),
        ("With {% data variables.product.prod_name %} on.", "With prod name on."),
        ("See [a]({% link _docs/a.md %}).", "See [a](_docs/a.md)."),
        ("See [a]({{ site.baseurl }}/docs/a).{% if x %}{% endif %}", "See [a](/docs/a)."),
        ("{% comment %}\nhidden\n{% endcomment %}\nText.", "Text."),
        ("{% for one in list %}\n| {{ one.a }} | {{ one.b }} |\n{% endfor %}", ""),
        (
            '{% swagger method="get" path="/x" summary="Get it" %}\nText.\n{% endswagger %}',
            "**Get it**: `GET /x`\nText.",
        ),
        ("## Title {% #id .a %}\n\n{% if x %}Text.{% endif %}", "## Title\n\nText."),
    ],
)
def test_a_tag_becomes_what_a_reader_sees(written, shown):
    assert rewrite(written) == shown


def test_highlighted_code_is_code():
    assert rewrite("{% highlight ruby linenos %}\n# comment\nx\n{% endhighlight %}") == "```ruby\n# comment\nx\n```"


def test_code_is_as_written_but_for_raw():
    text = "{% raw %}\n```liquid\n{{ page.title }} {% if x %}\n```\n{% endraw %}\n\n`{% if %}`"
    assert rewrite(text) == "```liquid\n{{ page.title }} {% if x %}\n```\n\n`{% if %}`"


@pytest.mark.parametrize("text", ["Write {% set x = 1 %} in it.", "50 {% of", "{{ name }} in braces"])
def test_what_is_no_tag_of_these_is_text(text):
    assert rewrite(text) == text
