"""`vrom search` and `context`, as a person or a script calls them."""

import json

import pytest

PAGES = {"kettle.md": ["# Kettle\n\nFill it, then switch it on.", "## Errors\n\n`E_DRY_BOIL`: it was empty."]}


@pytest.fixture
def vrom(vrom, make_package, model_home, tmp_path):
    """The command over one cartridge, with the model."""
    make_package("kettle", PAGES, description="How to boil water")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "models").symlink_to(model_home / "models")
    vrom.environment["VROM_CARTRIDGES"] = str(tmp_path / "cartridges")
    return vrom


def test_search_prints_what_an_agent_would_get(vrom):
    done = vrom("search", "what does E_DRY_BOIL mean", "--mode", "lexical")
    assert done.returncode == 0
    head, _, text = done.stdout.partition("\n\n")
    assert head == "**Kettle > Errors** · kettle#1 · kettle.md · https://docs.example/kettle"
    assert text.startswith("`E_DRY_BOIL`: it was empty.")
    assert "passage" in done.stderr, "what is for people only goes to stderr"


@pytest.mark.slow
def test_search_takes_cartridges_before_the_query(vrom):
    assert vrom("search", "kettle", "E_DRY_BOIL", "--mode", "lexical").returncode == 0
    wrong = vrom("search", "kettel", "E_DRY_BOIL")
    assert wrong.returncode == 1
    assert wrong.stdout == ""
    assert wrong.stderr == "Error: No cartridge 'kettel'. Did you mean 'kettle'?\n"


def test_search_gives_machines_one_json_document(vrom):
    done = vrom("search", "E_DRY_BOIL", "--json", "--mode", "lexical")
    assert done.stderr == ""
    answer = json.loads(done.stdout)
    assert answer["results"][0]["chunk_id"] == 1
    assert set(answer) == {"results", "total_tokens", "next_cursor", "notes"}


@pytest.mark.slow
def test_context_shows_the_neighbours(vrom):
    done = vrom("context", "kettle", "1")
    assert "Fill it, then switch it on." in done.stdout
    assert "E_DRY_BOIL" in done.stdout
    assert json.loads(vrom("context", "kettle", "1", "--json").stdout)["chunk_ids"] == [0, 1]
    assert "has chunks 0 to 1" in vrom("context", "kettle", "7").stderr
    assert vrom("context", "kettle#1").stdout == done.stdout, "as it is written above a passage"


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("search",),
        ("search", "x", "-k", "0"),
        ("context", "kettle"),
        ("context", "#1"),
        ("context", "kettle", "x"),
        ("nope",),
    ],
)
def test_wrong_usage_exits_with_2(vrom, arguments):
    done = vrom(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""


def test_the_version_is_one_line_on_stdout(vrom):
    assert vrom("--version").stdout.startswith("vrom 0.")
