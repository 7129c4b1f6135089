"""Values from a tool's configuration that pages refer to as `{{ name }}`.

Sources: https://mkdocs-macros-plugin.readthedocs.io/en/latest/, https://jekyllrb.com/docs/variables/,
https://myst-parser.readthedocs.io/en/latest/syntax/optional.html#substitutions-with-jinja2,
https://gohugo.io/shortcodes/param/.
"""

import ast
import posixpath
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from vrom.builder.sources.included.configured.bases import parents_of, read_yaml
from vrom.builder.sources.included.tree import NotIncludedError, Tree

_REFERENCE = re.compile(r"\{\{[<%-]?\s{0,9}(?:param\s{1,9})?[\"']?(?P<name>[\w.-]{1,100})[\"']?\s{0,9}[->%]?\}\}")
_LONGEST_VALUE = 500
_DEEPEST, _MOST = 4, 5_000
_MACROS = ("macros", "markdownextradata")


def find_settings(tree: Tree, docs: str) -> dict[str, str]:
    """The values by dotted name, from the configuration files of the folder and of those above it."""
    found: dict[str, str] = {}
    for folder in (*parents_of(docs), ""):
        for name, value in islice(_settings_of(tree, folder), _MOST):
            found.setdefault(name, value)
    return found


def replace_settings(text: str, settings: Mapping[str, str]) -> str:
    """The text with values in place of references to them; others stay."""
    if not settings or "{{" not in text:
        return text
    return _REFERENCE.sub(lambda found: settings.get(found["name"], found[0]), text)


def _settings_of(tree: Tree, folder: str) -> Iterator[tuple[str, str]]:
    for file in ("mkdocs.yml", "mkdocs.yaml"):
        mkdocs = read_yaml(tree, posixpath.join(folder, file))
        if _has_macros(mkdocs.get("plugins")):
            yield from _flatten(mkdocs.get("extra"))
            yield from _flatten(mkdocs, "config.")
    yield from _flatten(read_yaml(tree, posixpath.join(folder, "_config.yml")), "site.")
    for file in ("hugo.toml", "config.toml"):
        yield from _flatten(_read_toml(tree, posixpath.join(folder, file)).get("params"))
    yield from _flatten(_read_substitutions(tree, posixpath.join(folder, "conf.py")))


def _has_macros(plugins: Any) -> bool:
    listed = plugins if isinstance(plugins, list | dict) else []
    return any(name in _MACROS for one in listed for name in (one if isinstance(one, dict) else [one]))


def _flatten(values: Any, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    for name, value in values.items() if isinstance(values, dict) and depth < _DEEPEST else ():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.", depth + 1)
        elif isinstance(value, str | int | float) and len(text := str(value)) <= _LONGEST_VALUE:
            yield f"{prefix}{name}", text


def _read_toml(tree: Tree, path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(tree.read(path).decode("utf-8", "replace")) if tree.has_file(path) else {}
    except (NotIncludedError, ValueError, RecursionError):
        return {}


def _read_substitutions(tree: Tree, path: str) -> dict[str, Any]:
    """`myst_substitutions` of a Sphinx configuration, which isn't run."""
    try:
        text = tree.read(path).decode("utf-8", "replace") if tree.has_file(path) else ""
        body: Iterable[ast.stmt] = ast.parse(text).body if "myst_substitutions" in text else ()
        for node in body:
            if isinstance(node, ast.Assign) and any(
                getattr(one, "id", "") == "myst_substitutions" for one in node.targets
            ):
                found = ast.literal_eval(node.value)
                return found if isinstance(found, dict) else {}
    except (NotIncludedError, SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return {}
    return {}
