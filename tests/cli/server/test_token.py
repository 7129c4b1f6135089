import json
from functools import partial

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def vrom(vrom):
    return partial(vrom, "token")


def test_a_token_is_printed_once_and_listed_by_name(vrom):
    made = vrom("new", "laptop")
    assert made.returncode == 0
    assert made.stdout.startswith("vrom_")
    assert "Authorization: Bearer" in made.stderr
    document = json.loads(vrom("new", "ci", "--json").stdout)
    assert document["name"] == "ci"
    assert json.loads(vrom("list", "--json").stdout) == {"tokens": ["laptop", "ci"]}
    assert vrom("remove", "laptop").returncode == 0
    assert vrom("list").stdout == "ci\n"


def test_what_goes_wrong_is_said(vrom):
    assert "No tokens" in vrom("list").stderr
    vrom("new", "a")
    assert vrom("new", "a").returncode == 1
    missing = vrom("remove", "b")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "Available: a." in missing.stderr
