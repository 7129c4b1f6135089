"""Read `llms-full.txt`: all documents of a site concatenated in one Markdown file (llmstxt.org).

Each document begins with a heading of level 1. Some tools state its URL on one of the next lines, as
`Source: https://…` or `URL: https://…`.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from vrom.builder.document import Document
from vrom.builder.markdown.blocks import parse_markdown
from vrom.builder.sources.formats.markdown.rewrite import rewrite_dialects
from vrom.builder.sources.formats.titles import title_from_name

_ADDRESS = re.compile(r"^(?:Source|URL|Source URL|url|Link):\s*<?(https?://\S+?)>?\s*$", re.MULTILINE)
_NAME = re.compile(r"[^a-z0-9]+")


def is_full_text(name: str) -> bool:
    """True if a file's name is that of a whole site in one file, such as `llms-full.txt`."""
    return re.search(r"(?:^|/)llms-full[\w-]*\.(?:txt|md)$", name) is not None


def read_full_text(text: str, name: str) -> Iterator[Document]:
    """The documents in a file, each named by its URL's path, else its title, under the file's name."""
    parsed = parse_markdown(text)
    headings = [block for block in parsed.blocks if block.kind == "heading" and block.level == 1]
    starts = [parsed.lines[heading.first][0] for heading in headings]
    used: set[str] = set()
    if not starts or text[: starts[0]].strip():
        yield from _read_part(text[: starts[0] if starts else None], title_from_name(name), name, used)
    for start, end, heading in zip(starts, [*starts[1:], None], headings, strict=True):
        yield from _read_part(text[start:end], heading.text or title_from_name(name), name, used)


def _read_part(text: str, title: str, name: str, used: set[str]) -> Iterator[Document]:
    if not text.strip():
        return
    found = _ADDRESS.search(text[:2_000])
    url = found[1] if found else ""
    part = urlsplit(url).path.strip("/") if url else ""
    stem = part or _NAME.sub("-", title.lower()).strip("-") or "page"
    unique, number = stem, 2
    while unique in used:
        unique, number = f"{stem}-{number}", number + 1
    used.add(unique)
    page = rewrite_dialects(text.strip("\n") + "\n", ".md", str)  # sites keep their components in it
    yield Document(f"{name}/{unique}", page.text, title, url, remarks=page.remarks)
