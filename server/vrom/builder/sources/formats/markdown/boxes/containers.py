"""Containers between lines of colons or slashes: `::: tip Title`, `:::note[Title]`, `/// note | Title`.

Those of VitePress, Docusaurus, Quarto, MyST and of Python-Markdown's blocks. Their lines are replaced by a label; what
they hold is Markdown as it is.
"""

import re
from dataclasses import dataclass

from vrom.builder.sources.formats.markdown.boxes.labels import is_admonition, write_admonition, write_label

_LINE = re.compile(r"(?P<indent>[ \t>]*)(?P<mark>:{3,}|/{3,})[ \t]*(?P<info>[^\n]*?)[ \t:]*$")
_COLONS = re.compile(
    r"(?P<braced>\{)?(?P<name>[\w-]+)?(?(braced)\})(?:\[(?P<label>[^\]]*)\])?\s*(?P<attributes>\{[^{}]*\})?"
    r"\s*(?P<title>[^{}]*)(?:\{[^{}]*\})?$"
)
_SLASHES = re.compile(r"(?P<name>[\w-]+)\s*(?:\|\s*(?P<title>.*))?$")
_TITLE = re.compile(r"""\b(?:title|label|name|summary|header|caption)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CLASS = re.compile(r"(?<![\w=\"'])\.([\w-]+)")
_OPTION = re.compile(r"[ \t]+(?:type|attrs|open|new|select|class|id):\s*\S")
_HEADING = re.compile(r"(?P<indent>[ \t>]*)#{1,6}[ \t]+(?P<text>.+?)[ \t#]*(?:\{[^{}]*\})?[ \t]*$")
_PANEL = re.compile(r"(?P<indent>\s*)(?:@tab(?::active)?|==)\s+(?P<text>[^=].*)$")
_TITLED = {"details", "tab", "tab-item", "dropdown", "accordion", "step", "card", "caption", "collapse", "expand"}
_TABS = re.compile(r"(?:panel-)?tabs(?:et)?$|tab-set$|code-tabs|code-group")


@dataclass
class _Open:
    mark: str
    name: str
    is_box: bool
    label: str


def unwrap_containers(text: str) -> str:
    """The text, whose code is masked, with a label in place of each line that opens a container.

    A line that opens one is text if nothing closes it, as of `::: package.module`.
    """
    lines = text.split("\n")
    containers = _match(lines)
    if not containers:
        return text
    written: list[str] = []
    stack: list[_Open] = []
    at_start = waiting = False
    for number, line in enumerate(lines):
        found = containers.get(number)
        indent = line[: len(line) - len(line.lstrip(" \t>"))]
        if isinstance(found, _Open):
            if waiting:
                written.append(stack[-1].label)
            stack.append(found)
            waiting, found.label = bool(found.label), indent + found.label
            at_start = True
            written.append(indent.rstrip())
            continue
        if at_start and stack and stack[-1].mark[0] == "/" and _OPTION.match(line):
            continue
        if found == "close":
            if waiting:
                written.append(stack[-1].label)
                waiting = False
            if stack:
                stack.pop()
            written.append(indent.rstrip())
            continue
        heading = _HEADING.match(line) if any(container.is_box for container in stack) else None
        if heading and waiting and line.strip() and stack[-1].is_box and is_admonition(stack[-1].name):
            written.append(indent + write_admonition(stack[-1].name, heading["text"]))
            waiting = at_start = False
            continue
        if waiting and line.strip():
            written += [stack[-1].label, *_apart(line)]
            waiting = False
        at_start = at_start and not line.strip()
        if panel := (stack and _TABS.search(stack[-1].name) and _PANEL.match(line)) or heading:
            line = panel["indent"] + write_label(panel["text"])
        written.append(line)
    return "\n".join(written)


def _apart(line: str) -> list[str]:
    """A blank line before what can't follow a label directly."""
    return [] if re.match(r"\s*[\w\"'(*_`\[<]", line) and not re.match(r"\s*(?:\d+[.)]|\*)\s", line) else [""]


def _match(lines: list[str]) -> dict[int, "_Open | str"]:
    """The lines that open containers, and those that close them."""
    found: dict[int, _Open | str] = {}
    pending: list[tuple[int, _Open]] = []
    for number, line in enumerate(lines):
        if ":::" not in line and "///" not in line:
            continue
        matched = _LINE.match(line)
        if not matched:
            continue
        if matched["info"]:
            if opened := _read(matched["mark"], matched["info"]):
                pending.append((number, opened))
            continue
        for at in reversed(range(max(0, len(pending) - 50), len(pending))):
            if pending[at][1].mark[0] == matched["mark"][0] and _closes(matched["mark"], pending[at][1].mark):
                found[pending[at][0]] = pending[at][1]
                found[number] = "close"
                del pending[at:]
                break
    return found


def _closes(mark: str, opening: str) -> bool:
    """Colons close the innermost container, slashes one of the same number."""
    return mark == opening if mark[0] == "/" else True


def _read(mark: str, info: str) -> _Open | None:
    if mark[0] == "/":
        block = _SLASHES.match(info)
        return _open(mark, block["name"], (block["title"] or "").strip()) if block else None
    if info.startswith("{") and not re.match(r"\{[\w-]+\}", info):
        classes = _CLASS.findall(info)
        name = next(
            (name for name in classes if is_admonition(name) or _TABS.search(name)), classes[0] if classes else ""
        )
        titled = _TITLE.search(info)
        return _open(mark, name, next((part for part in titled.groups() if part), "") if titled else "")
    block = _COLONS.match(info)
    if not block or not (block["name"] or block["attributes"]) or re.match(r"[\w]+\.[\w.]+$", info):
        return None
    titled = _TITLE.search(block["attributes"] or "")
    given = next((part for part in titled.groups() if part), "") if titled else ""
    name = block["name"] or next(iter(_CLASS.findall(block["attributes"] or "")), "")
    return _open(mark, name, (block["label"] or given or block["title"] or "").strip())


def _open(mark: str, name: str, title: str) -> _Open:
    name = name.lower()
    if is_admonition(name) and "card" not in name:
        return _Open(mark, name, True, write_admonition(name, title))
    is_label = name in _TITLED or title
    label = write_label(title) if is_label and name not in ("html", "figure") and not _TABS.search(name) else ""
    if mark[0] == "/" and title and name not in (*_TITLED, "html", "define") and not _TABS.search(name):
        label = write_label(f"{name.replace('-', ' ').capitalize()}: {title}")
    return _Open(mark, name, bool(_TABS.search(name)) or name in _TITLED, label)
