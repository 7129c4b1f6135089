"""Data in props."""

import pytest

from vrom.builder.sources.formats.markdown.mdx.props import write_items


def test_objects_that_document_parameters_become_a_list():
    expression = """{[
      { name: 'model', type: 'Model<T>', description: 'Which model. ' + "Any." },
      { name: "limit", type: `number`, isOptional: true, default: '10', description: <>How <b>many</b>.</> },
      { name: 'options', type: 'Options', properties: [
        { type: 'Options', parameters: [{ name: 'a', type: 'A', description: 'First.' }] },
      ] },
    ]}"""
    assert write_items(expression).split("\n") == [
        "- `model` (`Model<T>`): Which model. Any.",
        "- `limit` (number, optional, default 10): How many.",
        "- `options` (Options)",
        "  - `Options`",
        "    - `a` (A): First.",
    ]


def test_objects_that_are_cards_become_a_list():
    items = write_items("{[{title: 'Fast', description: 'It is.'}, {title: 'Docs', href: '/docs'}]}")
    assert items == "- **Fast**: It is.\n- **[Docs](/docs)**"


@pytest.mark.parametrize(
    "expression",
    ["{[1, 2]}", "{['a', 'b']}", "{x => y}", "{{a: 1}}", "{}", "{[{color: 'red'}]}", "{[{", "{[[[[", "{[{a:}]}"],
)
def test_other_expressions_give_none(expression):
    assert write_items(expression) == ""


@pytest.mark.timeout(20)
@pytest.mark.parametrize("hostile", ["[{a:", "[", "{", "'", "[{name:'a',items:", "`${", "/*", "\\"])
def test_hostile_data_ends(hostile):
    write_items("{[" + hostile * 20_000 + "]}")
