"""Arguments as models send them: near misses are understood, the rest is answered with the right name."""

import ast
import contextlib
import json
import re
from typing import Any
from urllib.parse import unquote

from mcp.server.mcpserver.exceptions import ToolError
from pydantic import ValidationError

from vrom.errors import nearest

LONGEST, MOST_ITEMS = 2_000, 200
"""Characters of an argument, and items of a list."""
SEARCHED = {"query", "question", "error_message"}
"""Arguments that are searched for; `search.query.MAX_CHARACTERS` is their limit."""

SYNONYMS = {
    "library": ("cartridges", "cartridge"),
    "libraries": ("cartridges",),
    "cartridge": ("cartridges",),
    "cartridges": ("cartridge",),
    "cartridge_id": ("cartridge", "cartridges"),
    "q": ("query",),
    "question": ("query",),
    "k": ("top_k",),
    "limit": ("top_k",),
    "n_results": ("top_k",),
    "num_results": ("top_k",),
    "max_results": ("top_k",),
    "top_n": ("top_k",),
    "queries": ("query",),
    "tokens": ("max_tokens",),
    "token_budget": ("max_tokens",),
    "window": ("context_window",),
    "id": ("chunk_id", "cartridge"),
    "chunk": ("chunk_id",),
    "file": ("source_file",),
    "path": ("source_file",),
    "document": ("source_file",),
    "heading": ("section",),
    "format": ("response_format",),
}
"""Names that models invent for these tools, and the parameters they mean, the likelier first."""


def checked(tool: str, arguments: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    """`arguments` under the tool's own names; null counts as left out.

    Raises `ToolError` for one that the tool doesn't have.
    """
    given = {name: sound(value) for name, value in arguments.items() if value is not None}
    right: dict[str, Any] = {name: value for name, value in given.items() if name in parameters}
    for name, value in given.items():
        if name in parameters:
            continue
        meant = next((known for known in SYNONYMS.get(name, ()) if known in parameters and known not in right), None)
        if meant is None:
            raise ToolError(f"{tool} has no argument {name[:100]!r}. {nearest(name, parameters, len(parameters))}")
        right[meant] = value
    if problem := find_too_long(right):
        raise ToolError(problem)
    return _as_meant(right, parameters)


def _as_meant(arguments: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    """Values as the parameters take them, where models write them otherwise: `id#12`, `vrom://id/page.md`."""
    right = dict(arguments)
    if isinstance(named := right.get("cartridges"), str):
        right["cartridges"] = _list_in(named)
    if "top_k" in parameters and isinstance(query := right.get("query"), str):
        right["query"] = _queries_in(query)
    if isinstance(named := right.get("cartridge"), list) and len(named) == 1:
        right["cartridge"] = named[0]
    if found := _CHUNK.fullmatch(str(right.get("chunk_id", ""))):
        right["chunk_id"] = int(found[2])
        if found[1]:
            right.setdefault("cartridge", found[1])
    if found := _ADDRESS.fullmatch(str(right.get("source_file", ""))):
        right["source_file"] = unquote(found[2])
        right.setdefault("cartridge", found[1])
    return {name: value for name, value in right.items() if name in parameters}


_CHUNK = re.compile(r"(?:([^#\s]*)#)?([0-9]{1,9})")
_ADDRESS = re.compile(r"(?:vrom|hub)://([^/]+)/(.+)")


def _queries_in(text: str) -> str | list[str]:
    """The queries in a text: several if it is a list of texts as JSON, else the text itself, whatever it looks like.

    The SDK would parse a text that is JSON; it leaves lists alone.
    """
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(parsed, list) and len(parsed) > 1 and all(isinstance(one, str) for one in parsed):
        return parsed
    return [text]


def _list_in(text: str) -> list[str]:
    """The names in a text: a list as JSON or Python write it, or names with commas or blanks between."""
    if text.lstrip().startswith("["):
        with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            parsed = ast.literal_eval(text.strip())
            return [str(one) for one in parsed] if isinstance(parsed, list) else []
    return text.strip("[] ").replace(",", " ").split()


def find_too_long(arguments: dict[str, Any]) -> str:
    """Describe the first argument that is longer than any sensible one; empty if there is none.

    Texts to search for are not counted: they are cut, with a note.
    """
    for name, value in arguments.items():
        texts = value if isinstance(value, list) else [value]
        if len(texts) > MOST_ITEMS:
            return f"{name}: {len(texts):,} items, at most {MOST_ITEMS:,} are accepted."
        longest = max((len(text) for text in texts if isinstance(text, str)), default=0)
        if longest > LONGEST and name not in SEARCHED:
            return f"{name}: {longest:,} characters, at most {LONGEST:,} are accepted."
    return ""


def sound(value: Any) -> Any:
    """`value`; in texts, halves of characters are replaced (lone surrogates: JSON can hold them, no encoding can)."""
    if isinstance(value, list):
        return [sound(item) for item in value]
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


def readable(error: ValidationError) -> str:
    """One sentence for each wrong argument, with the value that was given."""
    sentences: dict[str, str] = {}
    for detail in error.errors(include_url=False):
        name = str(detail["loc"][0]) if detail["loc"] else "arguments"
        given = "" if detail["type"] == "missing" else f" (given: {detail['input']!r:.80})"
        sentences.setdefault(name, f"{name}: {detail['msg'][0].lower()}{detail['msg'][1:]}{given}.")
    return " ".join(sentences.values())
