"""Values of a configuration that pages refer to."""

import pytest


@pytest.mark.parametrize(
    ("file", "settings", "reference", "value"),
    [
        ("mkdocs.yml", "plugins: [search, macros]\nextra:\n  release: 1.2.3\n", "{{ release }}", "1.2.3"),
        ("mkdocs.yml", "plugins:\n  - macros: {x: y}\nextra: {a: {b: deep}}\n", "{{a.b}}", "deep"),
        ("mkdocs.yml", "site_name: Lib\nplugins: [macros]\n", "{{ config.site_name }}", "Lib"),
        ("docs/_config.yml", "release: 7", "{{ site.release }}", "7"),
        ("hugo.toml", "[params]\nrelease = 'v3'", '{{< param "release" >}}', "v3"),
        ("docs/conf.py", "myst_substitutions = {'key': 'the value'}", "{{ key }}", "the value"),
    ],
)
def test_a_value_takes_the_place_of_its_reference(expand, file, settings, reference, value):
    assert (
        expand(f"It is {reference}, not {{{{ other }}}}.", {file: settings}) == f"It is {value}, not {{{{ other }}}}."
    )


@pytest.mark.parametrize(
    ("file", "settings"),
    [
        ("mkdocs.yml", "extra: {key: no}"),
        ("mkdocs.yml", "plugins: [macros]\nextra: {key: [a, list]}"),
        ("docs/conf.py", "myst_substitutions = {'key': open('/etc/passwd').read()}"),
        ("docs/conf.py", "myst_substitutions = ("),
        ("hugo.toml", "[params"),
    ],
)
def test_other_references_stay(expand, file, settings):
    assert expand("{{ key }}", {file: settings}) == "{{ key }}"
