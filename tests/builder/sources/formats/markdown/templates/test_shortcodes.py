"""Shortcodes of Hugo and Quarto."""

import pytest

from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects


def rewrite(text):
    return rewrite_dialects(text, "page.md", str).text.strip()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('{{< tab name="Linux" >}}\nUse apt.\n{{< /tab >}}', "**Linux**:\nUse apt."),
        ('{{% tab "macOS" %}}\nUse brew.\n{{% /tab %}}', "**macOS**:\nUse brew."),
        ('{{% alert title="Careful" color="warning" %}}\nText.\n{{% /alert %}}', "**Warning: Careful**:\nText."),
        ("{{< note >}}\nText.\n{{< /note >}}", "**Note**:\nText."),
        ("{{< hint info >}}\nText.\n{{< /hint >}}", "**Info**:\nText."),
        ('{{< details "More" open >}}\nText.\n{{< /details >}}', "**More**:\nText."),
        ('Run {{< glossary-tooltip term_id="init" text="init" >}} first.', "Run init first."),
        ('See [a]({{< relref "a.md" >}}).', "See [a](a.md)."),
        ('{{< figure src="a.png" alt="A map" caption="The map." >}}', "The map. A map"),
        ("{{< new-in 0.130.0 />}}", "**New in 0.130.0**:"),
        ("Version {{< var version >}}.", "Version version."),
        ("{{< video https://x.example >}}", ""),
        ("`{{</* note */>}}`", "`{{< note >}}`"),
        ("```\n{{</* note */>}}\n```", "```\n{{< note >}}\n```"),
    ],
)
def test_a_shortcode_becomes_what_a_reader_sees(written, shown):
    assert rewrite(written) == shown


def test_highlighted_code_is_code():
    text = '{{< highlight go "linenos=table" >}}\n# comment\nx := `a`\n{{< /highlight >}}\n\nAfter.'
    assert rewrite(text) == "```go\n# comment\nx := `a`\n```\n\nAfter."


def test_highlighted_code_in_a_list_stays_there():
    text = "1. Run:\n\n   {{< highlight sh >}}\n   a\n     b\n   {{< /highlight >}}\n"
    assert rewrite(text) == "1. Run:\n\n   ```sh\n   a\n     b\n   ```"


def test_code_in_several_formats_has_the_language_of_the_one_that_is_there():
    assert rewrite("{{< code-toggle file=hugo >}}\n[a]\nb = 1\n{{< /code-toggle >}}") == "```toml\n[a]\nb = 1\n```"


def test_shortcodes_in_code_are_code():
    text = "```\n{{< note >}}\n```"
    assert rewrite(text) == text
