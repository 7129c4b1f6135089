"""Looking into a configuration."""

import pytest

from vrom.hosts.formats.config_values import value_at

DOCUMENT = {"servers": {"vrom": {"command": "vrom"}, "off": None}, "list": [1]}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ([], DOCUMENT),
        (["servers", "vrom", "command"], "vrom"),
        (["servers", "other"], None),
        (["servers", "off", "command"], None),
        (["list", "0"], None),
    ],
)
def test_a_path_leads_to_a_value_or_to_nothing(path, value):
    assert value_at(DOCUMENT, path) == value
