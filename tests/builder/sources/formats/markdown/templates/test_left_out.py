"""Remarks about what only a site can show."""

import pytest

from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects
from vrom.builder.sources.formats.markdown.templates.left_out import NO_VALUE, PART, ROWS


def remarks(text, name="page.md"):
    return [(remark.subject, remark.example, remark.lost) for remark in rewrite_dialects(text, name, str).remarks]


@pytest.mark.parametrize(
    ("tag", "subject"),
    [
        ("{% render 'keys' %}", PART),
        ("{% data reusables.keys.open %}", PART),
        ('{{< code_sample file="pod.yaml" >}}', PART),
        ("{{< param lock_version >}}", NO_VALUE),
    ],
)
def test_what_a_page_does_not_hold_is_remarked(tag, subject):
    assert remarks(f"# Keys\n\nText with {tag} in it.\n") == [(subject, tag, True)]


def test_a_loop_is_remarked():
    text = "{% for key in site.keys %}\n- a key\n{% endfor %}\n"
    assert remarks(text) == [(ROWS, "{% for key in site.keys %}", True)]


@pytest.mark.parametrize(
    "text",
    ["`{{ name }}` and\n\n```\n{% render 'a' %}\n```\n", "{% note %}Text.{% endnote %}", "{ a }", "{{ site.lock }}"],
)
def test_nothing_is_said_of_code_and_of_what_is_kept(text):
    assert remarks(text) == []


def test_an_expression_of_mdx_that_shows_a_value_is_remarked():
    text = "Version {props.version} of {'it'}, {/* a comment */} `{code}`.\n\n<Card title={title}>Text</Card>\n"
    assert remarks(text, "a.mdx") == [("expression left out", "{props.version}", True)]
