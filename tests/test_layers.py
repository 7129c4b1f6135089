"""The layers of the design: each module imports only from layers before its own."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "server" / "vrom"
LAYERS = [
    {"errors", "installation"},
    {"storage"},
    {"network"},
    {"markdown"},
    {"format"},
    {"embedding"},
    {"index"},
    {"search"},
    {"store"},
    {"registry", "library", "builder"},
    {"project"},
    {"answers"},
    {"evaluation"},
    {"settings"},
    {"app", "hosts"},
    {"cli"},
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.parent != SOURCE or path.stem in RANK)


def layer_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("vrom."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "vrom":
            found |= {alias.name for alias in node.names if alias.name in RANK}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("vrom.")}
        elif isinstance(node, ast.ImportFrom) and node.level:
            pytest.fail(f"{path}: relative imports hide the layer")
    return found


def test_a_module_imports_only_from_layers_before_its_own():
    upward = {}
    for path in MODULES:
        own = layer_of(path)
        if later := {name for name in imports(path) if name != own and RANK[name] >= RANK[own]}:
            upward[str(path.relative_to(SOURCE))] = later
    assert not upward


def test_a_folder_lists_at_most_twelve_names():
    listed = {
        folder: [path for path in folder.iterdir() if not path.name.startswith("__")]
        for folder in {path.parent for path in MODULES} - {SOURCE}
    }
    assert not [str(folder.relative_to(SOURCE)) for folder, names in listed.items() if len(names) > 12]


def test_every_part_has_a_layer():
    parts = {path.name.removesuffix(".py") for path in SOURCE.iterdir() if not path.name.startswith(("_", "py.typed"))}
    assert parts - {"cartridges"} == set(RANK)


def reads_environment(path: Path) -> bool:
    tree = ast.parse(path.read_text())
    written = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    }
    named = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}]
    return any(node not in written for node in named)


def test_only_settings_reads_the_environment_and_git_gets_a_cleaned_copy_of_it():
    readers = [path.relative_to(SOURCE).as_posix() for path in MODULES if reads_environment(path)]
    assert readers == ["builder/sources/git/command.py", "settings.py"]
