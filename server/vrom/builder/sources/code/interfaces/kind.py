"""Recognise interface descriptions: they name their own kind."""

import re

_KIND = re.compile(r"""^[ \t{]*["']?(openapi|swagger|asyncapi)["']?[ \t]*:[ \t]*["']?\d""", re.MULTILINE)
_EXAMINED = 20_000


def find_interface_kind(text: str) -> str:
    """`openapi`, `swagger` or `asyncapi`, as the text names itself; empty if it is none."""
    found = _KIND.search(text[:_EXAMINED])
    if not found and text.lstrip().startswith("{"):  # a single line, or the keys of an object in another order
        found = re.search(r"""[{,]\s*"(openapi|swagger|asyncapi)"\s*:\s*"\d""", text)
    return found[1] if found else ""
