"""Components of MDX, Astro, Vue and the like: their tags go, their content and what readers see of their props stay.

There is no list of components: props that read as text (`title`, `label`, `description`) are content wherever they are.
"""

import re
from collections.abc import Iterator, Sequence

from vrom.builder.sources.formats.markdown.lines import is_alone, margin_of, surroundings
from vrom.builder.sources.formats.markdown.masked import MaskedText
from vrom.builder.sources.formats.markdown.mdx.edits import Edits
from vrom.builder.sources.formats.markdown.mdx.expressions import remove_expressions
from vrom.builder.sources.formats.markdown.mdx.indentation import dedent_content
from vrom.builder.sources.formats.markdown.mdx.jsx import Tag, find_tags, strip_tags
from vrom.builder.sources.formats.markdown.mdx.shown import hint_of, is_unlabelled_item, labels_of, show, show_code

_LINKS = ("a", "Link", "A", "Anchor", "NavLink", "RouterLink", "NuxtLink")
_LAYOUT = {"article", "aside", "audio", "button", "canvas", "center", "div", "figcaption", "figure", "footer"}
_LAYOUT |= {"form", "header", "hgroup", "iframe", "input", "label", "main", "nav", "object", "p", "param", "picture"}
_LAYOUT |= {"section", "slot", "source", "span", "svg", "path", "g", "circle", "rect", "template", "track", "video"}
_LAYOUT |= {"noscript", "a", "img", "details", "summary"}
_DEEPEST = 40


def has_components(text: str) -> bool:
    """True if a text, whose code is masked, holds a tag of a component."""
    return any(True for _ in _component_tags(list(find_tags(text))))


def unwrap_components(masked: MaskedText, *, is_mdx: bool) -> None:
    """Replace the tags of components by what they show.

    `is_mdx`: HTML's own tags are layout as well, expressions in braces aren't text, and indentation has no meaning.
    """
    text = masked.text
    if is_mdx:
        text = remove_expressions(dedent_content(text))
    tags = list(find_tags(text))
    shown = list(_component_tags(tags)) if not is_mdx else list(_layout_tags(tags))
    edits = Edits(text)
    parents: list[tuple[Tag, Iterator[str], str]] = []
    links: list[str] = []
    for tag in shown:
        if tag.kind == "close":
            closing = links.pop() if tag.name in _LINKS and links else _close(tag, parents)
            edits.replace(tag.start, tag.end, closing)
            continue
        if tag.name in _LINKS and tag.kind == "open":
            target = tag.attributes.get("href") or tag.attributes.get("to") or ""
            links.append(f"]({target})" if target and not re.search(r"[\s()]", target) else "")
            edits.replace(tag.start, tag.end, "[" if links[-1] else "")
            continue
        alone = is_alone(text, tag.start, tag.end, strip_tags)
        given = next(parents[-1][1], "") if parents and tag.kind == "open" and is_unlabelled_item(tag) else ""
        label = show_code(tag, masked, alone=alone) or show(tag, given, alone=alone)
        edits.replace(tag.start, tag.end, _place(label, text, tag, alone=alone))
        if tag.kind == "open":
            parents.append((tag, iter(labels_of(tag)), "" if alone else hint_of(tag)))
    masked.text = edits.apply()


def _close(tag: Tag, parents: list[tuple[Tag, Iterator[str], str]]) -> str:
    """Leave the innermost component of a closing tag's name, and return what is shown after its content."""
    if any(parent.name == tag.name for parent, _, _ in parents[-_DEEPEST:]):
        while parents:
            parent, _, hint = parents.pop()
            if parent.name == tag.name:
                return hint
    return ""


def _component_tags(tags: Sequence[Tag]) -> Iterator[Tag]:
    """Tags of components, without what only looks like one: `List<String>`."""
    closed = {tag.name for tag in tags if tag.kind == "close"}
    opened = {tag.name for tag in tags if tag.kind == "open"}
    for tag in tags:
        if tag.is_component and not tag.name.startswith("!"):
            paired = tag.name in closed and tag.name in opened
            if paired or tag.kind == "single":
                yield tag


def _layout_tags(tags: Sequence[Tag]) -> Iterator[Tag]:
    """Tags of components, and those of HTML that only arrange a page."""
    components = {tag.start for tag in _component_tags(tags)}
    for tag in tags:
        if tag.start in components or not tag.name or tag.name in _LAYOUT:
            yield tag


def _place(label: str, text: str, tag: Tag, *, alone: bool) -> str:
    """A tag's replacement, apart from what is around it."""
    before, after = surroundings(text, tag.start, tag.end)
    if not label:
        return ""
    if alone:
        margin = margin_of(before)
        label = label.replace("\n", f"\n{margin}")
        return f"\n\n{margin}{label}" if before.strip() else label
    lead = " " if before[-1:].isalnum() or before.endswith(">") else ""
    tail = "" if after[:1].isspace() or after[:1] in "\n.,;:)!?|" else " "
    return lead + label.replace("\n\n", " ") + tail
