"""Front matter in YAML, TOML and JSON."""

import pytest

from vrom.builder.sources.formats.markdown.front_matter import read_front_matter
from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: 'Ports'\ndescription: >-\n  Which ports\n  are open.\n---\n",
        '+++\ntitle = "Ports"\ndescription = "Which ports are open."\n+++\n',
        '{\n  "title": "Ports",\n  "description": "Which ports are open."\n}\n',
    ],
)
def test_its_title_and_description_are_read(text):
    front = read_front_matter(text)
    assert front.title == "Ports"
    assert list(front.paragraphs()) == ["Which ports are open."]
    assert text[front.end :].strip() == ""


@pytest.mark.parametrize("stated", ["api: 'POST /v1/users'", "openapi: spec.json post /v1/users"])
def test_an_operation_is_text_of_the_page(stated):
    page = rewrite_dialects(f"---\ntitle: Create\n{stated}\n---\n\nCreates a user.\n", "a.mdx", str)
    assert page.text.startswith("`POST /v1/users`\n\nCreates")


def test_a_description_that_the_page_repeats_is_there_once():
    page = rewrite_dialects("---\ndescription: Opens ports.\n---\n\n# Ports\n\nOpens ports.\n", "a.md", str)
    assert page.text.rpartition("---")[2].count("Opens ports.") == 1


@pytest.mark.parametrize(
    "text", ["---\n\nA rule above.\n\n---\n", "{\n  not: json\n}\n", "---\n", "+++", "{", "# A\n---\n"]
)
def test_other_text_is_no_front_matter(text):
    assert read_front_matter(text).end == 0


def test_of_invalid_yaml_lines_are_read():
    assert read_front_matter("---\ntitle: A: b: [c\nx: {\n---\n").title == "A: b: [c"


def test_aliases_are_not_followed():
    bomb = "---\na: &a [x, x]\nb: &b [*a, *a]\ntitle: T\n---\n"
    assert read_front_matter(bomb).fields == {"title": "T"}


def test_a_description_is_below_the_title_of_the_page():
    page = rewrite_dialects("---\ndescription: What it is.\n---\n\n# Ports\n\nText.\n", "a.md", str)
    assert page.text == "# Ports\n\nWhat it is.\n\nText.\n"
