import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "server" / "vrom"
NATIVE = {"onnxruntime", "usearch", "fastembed"}

WORK_WITH_BOTH = """
import numpy as np
index = import_usearch().Index(ndim=4)
index.add(1, np.ones(4, np.float32))
assert len(index) == 1
assert import_fastembed().TextEmbedding.list_supported_models()
print("done")
"""


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = "from vrom.embedding.native import *\nfrom vrom.errors import ModelError\n" + code
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False, env=environment or None
    )


@pytest.mark.timeout(60)
@pytest.mark.slow
@pytest.mark.parametrize("first", ["import_usearch()", "import_fastembed()", "import_onnxruntime()"])
def test_every_order_of_our_imports_ends_well(first):
    child = run(first + WORK_WITH_BOTH)
    assert (child.returncode, child.stdout) == (0, "done\n"), child.stderr


@pytest.mark.slow
@pytest.mark.parametrize("ours", ["import_usearch", "import_fastembed", "import_onnxruntime"])
def test_after_a_foreign_import_of_usearch_there_is_an_error_instead_of_a_crash(ours):
    child = run(f"import usearch.index\ntry:\n    {ours}()\nexcept ModelError as error:\n    print(error)")
    assert child.returncode == 0, child.stderr
    assert child.stdout.startswith("usearch was imported before onnxruntime")


@pytest.mark.slow
def test_a_foreign_import_of_onnxruntime_does_no_harm():
    child = run("import onnxruntime" + WORK_WITH_BOTH, ORT_DISABLE_TELEMETRY="1")
    assert child.returncode == 0, child.stderr


def test_onnxruntime_leaves_no_trace_on_the_machine(tmp_path):
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "ORT_DISABLE_TELEMETRY": "0"}
    child = run("import_onnxruntime()\nimport os\nprint(os.environ['ORT_DISABLE_TELEMETRY'])", **home)
    assert (child.returncode, child.stdout) == (0, "1\n"), child.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_to_stdout_or_stderr():
    child = run("import_usearch(); import_fastembed()")
    assert (child.returncode, child.stdout, child.stderr) == (0, "", "")


def test_no_module_imports_them_as_it_loads():
    imported = {str(path.relative_to(SOURCE)): _imported_on_load(path) & NATIVE for path in SOURCE.rglob("*.py")}
    assert not {path: names for path, names in imported.items() if names}


def _imported_on_load(path):
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {id(inner) for function in functions for inner in ast.walk(function)}
    return {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in inside
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["recipes", "model_store", "loaded_models", "embedder", "agreement"])
def test_the_layer_is_light_until_a_model_is_wanted(name):
    heavy = (
        "{'onnxruntime', 'usearch', 'fastembed', 'huggingface_hub', 'onnx', 'safetensors', 'tokenizers', 'filelock'}"
    )
    child = run(f"import sys, vrom.embedding.{name}\nprint(sorted({heavy} & set(sys.modules)))")
    assert child.stdout == "[]\n", child.stderr


WITHOUT_HUB = {"huggingface_hub", "requests", "httpx"}


def test_fastembed_is_imported_without_what_it_downloads_with():
    child = run(f"import_fastembed()\nimport sys\nprint(sorted({WITHOUT_HUB | {'fastembed'}} & set(sys.modules)))")
    assert (child.stdout, child.stderr) == ("[]\n", "")


@pytest.mark.slow
def test_vrom_s_copy_of_fastembed_gives_the_vectors_of_the_ordinary_one(model_folder):
    code = f"""
import hashlib, sys
from pathlib import Path
from vrom.embedding.fastembed_embedder import FastembedEmbedder
from vrom.embedding.recipes import DEFAULT_SPEC, resolve
embedder = FastembedEmbedder(Path({str(model_folder)!r}), resolve(DEFAULT_SPEC), "")
vectors = embedder.embed(["How does it work?", "Word " * 300])
print("huggingface_hub" in sys.modules, hashlib.sha256(vectors.tobytes()).hexdigest())
"""
    own, ordinary = run(code), run("import onnxruntime, fastembed\n" + code)
    assert own.stdout.split()[0] == "False", own.stderr
    assert ordinary.stdout.split()[0] == "True", ordinary.stderr
    assert own.stdout.split()[1] == ordinary.stdout.split()[1]


@pytest.mark.slow
def test_others_in_the_process_get_fastembed_as_it_is():
    code = (
        "own = import_fastembed()\nimport fastembed, huggingface_hub\nfrom fastembed.common import model_management\n"
    )
    code += "print(own is fastembed, model_management.snapshot_download is huggingface_hub.snapshot_download)"
    assert run(code).stdout == "False True\n"


def test_vrom_s_copy_refuses_to_download(tmp_path):
    code = f"import_fastembed().TextEmbedding('BAAI/bge-small-en-v1.5', cache_dir={str(tmp_path)!r})"
    assert "loads models from folders only" in run(code).stderr
