"""Folders that the configuration of a documentation's tool names, and values that its pages refer to."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from vrom.builder.sources.included.tree import NotIncludedError, Tree

_MKDOCS = ("mkdocs.yml", "mkdocs.yaml")
_MOST_BASES = 20


def find_bases(tree: Tree, docs: str) -> tuple[str, ...]:
    """Folders, from the tree's root, in which the tool that builds a documentation looks for included files."""
    found: list[str] = []
    for folder in (*parents_of(docs), ""):
        for name in _MKDOCS:
            settings = read_yaml(tree, posixpath.join(folder, name))
            if settings:
                found += [folder, *(_join(folder, one) for one in _mkdocs_bases(settings))]
        book = posixpath.join(folder, "book.toml")
        if tree.has_file(book):
            found += [folder, _join(folder, "src")]
        found += [folder for name in ("conf.py", "_config.yml", "_quarto.yml") if _has(tree, folder, name)]
    inside = [one for one in found if one is not None and not one.startswith("..")]
    return tuple(dict.fromkeys(inside))[:_MOST_BASES]


def parents_of(folder: str) -> Iterator[str]:
    """A folder and those above it, without the root."""
    while folder:
        yield folder
        folder = posixpath.dirname(folder)


def _has(tree: Tree, folder: str, name: str) -> bool:
    return tree.has_file(posixpath.join(folder, name))


def _join(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, path.lstrip("/")))
    return "" if joined == "." else joined


def _mkdocs_bases(settings: dict[str, Any]) -> Iterator[str]:
    """`docs_dir` and the base paths of pymdownx.snippets, markdown-include and mdx_include."""
    docs = settings.get("docs_dir")
    yield docs if isinstance(docs, str) else "docs"
    extensions = settings.get("markdown_extensions")
    for one in extensions if isinstance(extensions, list) else [extensions]:
        for options in one.values() if isinstance(one, dict) else ():
            base = options.get("base_path") if isinstance(options, dict) else None
            yield from (path for path in (base if isinstance(base, list) else [base]) if isinstance(path, str))
    plugins = settings.get("plugins")
    for one in plugins if isinstance(plugins, list) else ():
        for options in one.values() if isinstance(one, dict) else ():
            if isinstance(options, dict) and isinstance(options.get("include_dir"), str):
                yield options["include_dir"]


def read_yaml(tree: Tree, path: str) -> dict[str, Any]:
    """The mapping in a YAML file, with unknown tags as plain values; empty if there is none."""
    if not tree.has_file(path):
        return {}
    try:
        text = tree.read(path).decode("utf-8", "replace")
    except NotIncludedError:
        return {}
    return _parse_yaml(text) if len(text) <= _LARGEST and len(re.findall(r"[*&]\w", text)) <= _MOST_ALIASES else {}


_LARGEST = 200_000
"""Maximum characters of a configuration: parsing takes 10 seconds a megabyte."""
_MOST_ALIASES = 200
"""Aliases of aliases make a small file huge."""


@lru_cache(maxsize=16)
def _parse_yaml(text: str) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.load(text, Loader=_loader())  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _loader() -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """Reads `!ENV` and `!!python/name:` as the plain values behind them."""

    def construct(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return loader.construct_scalar(node)
        if isinstance(node, yaml.SequenceNode):
            values: Iterable[Any] = loader.construct_sequence(node)
            return next((value for value in reversed(list(values)) if isinstance(value, str)), None)
        return None

    Loader.add_multi_constructor("", construct)
    Loader.add_multi_constructor("!", construct)
    Loader.add_multi_constructor("tag:yaml.org,2002:python/", construct)
    return Loader
