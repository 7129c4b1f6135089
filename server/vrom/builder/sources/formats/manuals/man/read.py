"""Read manual pages: man(7) and mdoc(7)."""

import re
from collections.abc import Iterator

from vrom.builder.document import Document
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.manuals.man.man_macros import read_man
from vrom.builder.sources.formats.manuals.man.mdoc_macros import read_mdoc

_MACRO = re.compile(r"^[.'][ \t]*(TH|Dd|Dt|Sh|SH)\b", re.MULTILINE)
_ALIAS = re.compile(r"\A(?:[.']\\\".*\n)*\.so[ \t]+(\S+)\s*\Z")
_EXAMINED = 50_000


def is_manual(text: str) -> bool:
    """True if a text has the requests that begin a manual page, or is an alias of another."""
    return _MACRO.search(text[:_EXAMINED]) is not None or _ALIAS.match(text[:1_000]) is not None


def read_manual(text: str, name: str) -> Iterator[Document]:
    """Read a manual page. Raises `UnreadableError` if it has no text, or stands for another page."""
    if alias := _ALIAS.match(text[:1_000]):
        raise UnreadableError(f"another name of {alias[1]}")
    found = _MACRO.search(text[:_EXAMINED])
    title, blocks = read_mdoc(text) if found and found[1] in ("Dd", "Dt", "Sh") else read_man(text)
    if not blocks:
        raise UnreadableError("a manual page without text")
    title = title or re.sub(r"\.gz$", "", name.rpartition("/")[2])
    yield Document(name, f"# {title}\n\n" + "\n\n".join(blocks) + "\n", title)
