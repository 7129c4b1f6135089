"""Components of MDX, Astro, Vue and the like: their tags go, their content and what readers see of their props stay.

There is no list of components: props that read as text (`title`, `label`, `description`) are content wherever they are.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vrom.builder.sources.formats.markdown.jsx import Tag, find_expression_end, find_tags, literal
from vrom.builder.sources.formats.markdown.labels import is_admonition, write_admonition, write_label

_TITLE_PROPS = ("title", "heading", "header", "label", "question", "summary", "name", "text", "caption", "alt", "term")
_TEXT_PROPS = ("subtitle", "description", "desc", "subheading", "answer", "body", "tooltip", "content", "tip", "message")
_KIND_PROPS = ("type", "kind", "variant", "intent", "severity", "status", "level")
_PLACES = ("query", "path", "body", "header", "cookie", "form", "param", "parameter", "prop", "property", "field")
_DETAILS = ("type", "required", "default", "initialValue", "deprecated", "since", "version", "optional")
_PARAMETER = re.compile(r"(?:Param|Prop|Field|Arg|Attribute|Option|Parameter|Property|PropertyDef|Attr|Header)s?\w{0,6}$")
_GROUPS = re.compile(r"(?:Tabs|CodeGroup|CodeTabs|Steps|Cards?Group|CardGrid|Cards|AccordionGroup|PackageManagerTabs)$")
_SILENT = re.compile(r"(?:Icon|Logo|Avatar|Script|Head|Meta|Seo|SEO|Spacer|Separator|Divider|Video|Iframe|YouTube)\w{0,12}$")
_LINKS = ("a", "Link", "A", "Anchor", "NavLink", "RouterLink", "NuxtLink")
_LAYOUT = frozenset(
    "article aside audio button canvas center div figcaption figure footer form header hgroup iframe input label main nav "
    "object p param picture section slot source span svg path g circle rect template track video noscript".split()
)
_BLOCKS = frozenset("article aside center div figure footer header main nav p section details figcaption".split())
_ITEMS = re.compile(r"^\{\s*\[(.*)\]\s*\}$", re.DOTALL)
_STRING = re.compile(r"""(["'`])((?:(?!\1)[^\\\n]|\\.)*)\1""")
_TEXT_OF_ITEM = re.compile(
    r"""["']?\b(title|label|name|heading|question|answer|description|desc|text|content|summary)["']?\s*:\s*(["'`])((?:(?!\2)[^\\]|\\.)*)\2"""
)
_COMMENT = re.compile(r"\{\s*/\*.*?\*/\s*\}", re.DOTALL)
_DEEPEST, _DEEPEST_MOVED = 8, 40


@dataclass
class _Edits:
    """Replacements of parts of a text, in order."""

    text: str
    edits: list[tuple[int, int, str]] = field(default_factory=list)

    def apply(self) -> str:
        written, done = [], 0
        for start, end, new in sorted(self.edits, key=lambda edit: edit[0]):
            if start >= done:
                written += [self.text[done:start], new]
                done = end
        return "".join([*written, self.text[done:]])


def has_components(text: str) -> bool:
    """True if a text, whose code is masked, holds a tag of a component."""
    return any(True for _ in _component_tags(list(find_tags(text))))


def unwrap_components(text: str, *, is_mdx: bool) -> str:
    """The text with the tags of components replaced by what they show.

    `is_mdx`: HTML's own tags are layout as well, expressions in braces aren't text, and indentation has no meaning.
    """
    if is_mdx:
        text = _remove_expressions(_dedent_content(_remove_comments(text)))
    tags = list(find_tags(text))
    shown = list(_component_tags(tags)) if not is_mdx else [tag for tag in tags if _is_replaced(tag)]
    edits = _Edits(text)
    parents: list[tuple[Tag, Iterator[str]]] = []
    links: list[str] = []
    for tag in shown:
        if tag.kind == "close":
            while parents and tag.name in [parent.name for parent, _ in parents]:
                if parents.pop()[0].name == tag.name:
                    break
            closing = links.pop() if tag.name in _LINKS and links else ""
            edits.edits.append((tag.start, tag.end, closing))
            continue
        if tag.name in _LINKS and tag.kind == "open":
            target = tag.attributes.get("href") or tag.attributes.get("to") or ""
            links.append(f"]({target})" if target and not re.search(r"[\s()]", target) else "")
            edits.edits.append((tag.start, tag.end, "[" if links[-1] else ""))
            continue
        alone = _is_alone(text, tag)
        given = next(parents[-1][1], "") if parents and tag.kind == "open" and _is_item(tag) else ""
        label = _show(tag, given, alone=alone)
        edits.edits.append((tag.start, tag.end, _place(label, text, tag, alone=alone)))
        if tag.kind == "open":
            parents.append((tag, iter(_items_of(tag))))
    return _remove_empty_lines(text, edits.apply()) if edits.edits else text


def _is_replaced(tag: Tag) -> bool:
    return tag.is_component or not tag.name or tag.name in _LAYOUT or tag.name in ("a", "img", "details", "summary")


def _component_tags(tags: Sequence[Tag]) -> Iterator[Tag]:
    """Tags of components, without what only looks like one: `List<String>`."""
    closed = {tag.name for tag in tags if tag.kind == "close"}
    opened = {tag.name for tag in tags if tag.kind == "open"}
    for tag in tags:
        if tag.is_component and not tag.name.startswith("!"):
            paired = tag.name in closed and tag.name in opened
            if paired or tag.kind == "single" or (tag.kind == "open" and (tag.expressions or any(tag.attributes.values()))):
                yield tag


def _is_alone(text: str, tag: Tag) -> bool:
    """True if a tag begins its line, but for other tags and indentation, and nothing but tags follow it there."""
    before = text[text.rfind("\n", 0, tag.start) + 1 : tag.start]
    end = text.find("\n", tag.end)
    after = text[tag.end : len(text) if end < 0 else end]
    return not _strip_tags(before).strip(" \t>") and not _strip_tags(after).strip()


def _strip_tags(text: str) -> str:
    return re.sub(r"<[^<>]*>", "", text) if "<" in text else text


def _is_item(tag: Tag) -> bool:
    return tag.name.endswith(("Tab", "TabItem", "TabPanel", "Item", "TabsContent")) and not _title_of(tag)


def _items_of(tag: Tag) -> list[str]:
    """Labels that a component has for those within it: `<Tabs items={["npm", "yarn"]}>`."""
    for name in ("items", "labels", "tabs", "titles", "names"):
        if found := _ITEMS.match(tag.expressions.get(name, "")):
            return [string[2] for string in _STRING.finditer(found[1])]
    return []


def _title_of(tag: Tag) -> str:
    names = _TITLE_PROPS if tag.kind == "single" or not _GROUPS.search(tag.name) else ("title", "label")
    found = next((text for name in names if (text := _text(tag, name))), "")
    if not found and re.search(r"Tab(?:Item|Panel)?$|TabsContent$", tag.name):
        found = _text(tag, "value") or _text(tag, "id")
    return found


def _text(tag: Tag, name: str) -> str:
    if name in tag.attributes:
        return tag.attributes[name].strip()
    expression = tag.expressions.get(name, "")
    if expression[1:].lstrip().startswith("<"):  # title={<>Run <b>it</b></>}
        return " ".join(_strip_tags(expression.strip("{}")).split())
    return ""


def _show(tag: Tag, given: str, *, alone: bool) -> str:
    """What a reader sees of a tag."""
    if _SILENT.match(tag.name) or tag.name in _BLOCKS:
        return ""
    if tag.name in ("img", "Image", "Img", "Picture", "Frame") or (tag.name.endswith("Image") and tag.kind == "single"):
        return _text(tag, "alt") or _text(tag, "caption") or _text(tag, "title")
    if tag.name == "summary":
        return ""
    if not tag.is_component:
        return ""
    if parameter := _show_parameter(tag):
        return parameter
    title = given or _title_of(tag)
    kind = next((value for name in _KIND_PROPS if (value := _text(tag, name)) and is_admonition(value)), "")
    box = tag.name if is_admonition(tag.name) else ""
    if box and (tag.kind == "open" or title or kind):
        generic = box.lower() in ("callout", "admonition", "aside", "alert", "item", "error", "check")
        label = write_admonition(kind if kind and generic else box, title)
    elif title and (alone or tag.kind == "open") and tag.kind != "single":
        label = write_label(title)
    else:
        label = title
    if target := (tag.attributes.get("href") or tag.attributes.get("to") or ""):
        label = _link(label, target)
    texts = [text for name in _TEXT_PROPS if (text := _text(tag, name)) and text != title]
    texts += list(_texts_of_items(tag))
    if tag.kind == "single" and label and texts:
        label = write_label(label) if "**" not in label and "](" not in label else label
    return "\n\n".join([label, *texts]) if label and alone else " ".join(filter(None, [label, *texts]))


def _link(label: str, target: str) -> str:
    if not label or re.search(r"[\s()]", target) or "[" in label:
        return label
    bold = re.fullmatch(r"(\*\*)(.*?)(\*\*:?)", label)
    return f"{bold[1]}[{bold[2]}]({target}){bold[3]}" if bold else f"[{label}]({target})"


def _show_parameter(tag: Tag) -> str:
    """The name, place and type that a component documents: `<ParamField query="limit" type="integer" required>`."""
    place = next((name for name in _PLACES if _text(tag, name) and not re.search(r"\s", _text(tag, name))), "")
    name = _text(tag, place) if place else _text(tag, "name") or _text(tag, "title")
    described = any(detail in tag.attributes or detail in tag.expressions for detail in _DETAILS)
    if not name or not (described or _PARAMETER.search(tag.name)) or (place and not described and len(place) < 5):
        if not (name and place and _PARAMETER.search(tag.name)):
            return ""
    if not place and not _PARAMETER.search(tag.name) and not {"required", "default"} & {*tag.attributes, *tag.expressions}:
        return ""
    details = [place] if place in ("query", "path", "body", "header", "cookie", "form") else []
    for detail in _DETAILS:
        value = _text(tag, detail) or _plain(tag.expressions.get(detail, ""))
        if detail in ("required", "deprecated", "optional"):
            present = detail in tag.attributes or value == "true"
            details += [detail] if present and value in ("", "true", detail) else []
        elif value:
            details.append(f"{'default' if detail == 'initialValue' else detail} {value}" if detail != "type" else value)
    post = [word for word in _list_of(tag, "post") + _list_of(tag, "pre") if word not in details]
    described_as = f" ({', '.join([*details, *post])})" if details or post else ""
    return f"`{name}`{described_as}:" if "`" not in name else f"{name}{described_as}:"


def _plain(expression: str) -> str:
    """The value of an expression that is a number, a name or a list: `{10}`."""
    value = expression[1:-1].strip()
    return value if value and len(value) <= 80 and "<" not in value and "\n" not in value else ""


def _list_of(tag: Tag, name: str) -> list[str]:
    return [string[2] for string in _STRING.finditer(tag.expressions.get(name, ""))][:5]


def _texts_of_items(tag: Tag) -> Iterator[str]:
    """Text in the objects that a component shows: `items={[{title: "Speed", description: "It is fast."}]}`."""
    for value in tag.expressions.values():
        if value.lstrip("{ \n\t").startswith("["):
            for text in _TEXT_OF_ITEM.finditer(value):
                yield " ".join(text[3].split())


def _place(label: str, text: str, tag: Tag, *, alone: bool) -> str:
    """A tag's replacement, apart from what is around it."""
    if not label:
        return ""
    if alone:
        first = not text[text.rfind("\n", 0, tag.start) + 1 : tag.start].strip()
        indent = re.match(r"[ \t>]*", text[text.rfind("\n", 0, tag.start) + 1 :])
        margin = indent[0] if indent else ""
        label = label.replace("\n", f"\n{margin}")
        return label if first else f"\n\n{margin}{label}"
    before, after = text[tag.start - 1 : tag.start], text[tag.end : tag.end + 1]
    return (" " if before and (before.isalnum() or before == ">") else "") + label.replace("\n\n", " ") + (
        " " if after and not after.isspace() and after not in ".,;:)!?|" and tag.kind != "close" else ""
    )


def _remove_comments(text: str) -> str:
    return _COMMENT.sub("", text) if "{/*" in text or "{ /*" in text else text


def _remove_expressions(text: str) -> str:
    """The text without expressions between its tags; strings in braces are text, and so is what is within tags there."""
    inside = [(tag.start, tag.end) for tag in find_tags(text)]
    edits, number, at, failures = _Edits(text), 0, text.find("{"), 0
    while at >= 0 and failures < 1_000:
        while number < len(inside) and inside[number][1] <= at:
            number += 1
        if number < len(inside) and inside[number][0] <= at:
            at = text.find("{", inside[number][1])
            continue
        if text[at - 1 : at] == "\\":
            at = text.find("{", at + 1)
            continue
        end = find_expression_end(text, at)
        if end < 0:
            failures += 1
            at = text.find("{", at + 1)
            continue
        if not text.startswith(("{#", "{:", "{.", "{ #", "{ ."), at):
            edits.edits.append((at, end, _text_of_expression(text[at:end])))
        at = text.find("{", end)
    return edits.apply()


def _text_of_expression(expression: str, depth: int = 0) -> str:
    if (text := literal(expression)) is not None:
        return text
    start, end = expression.find("<"), expression.rfind(">")
    if 0 <= start < end and depth < _DEEPEST and re.match(r"</?[A-Za-z>]", expression[start:]):
        inner = expression[start : end + 1]
        tags = list(find_tags(inner))
        if tags and (tags[-1].kind != "open"):
            return _remove_expressions_within(inner, tags, depth)
    return ""


def _remove_expressions_within(text: str, tags: Sequence[Tag], depth: int) -> str:
    edits = _Edits(text, [(tag.start, tag.end, "") for tag in tags if not tag.is_component])
    done = 0
    for tag in [*tags, None]:
        begin, stop = done, tag.start if tag else len(text)
        at = text.find("{", begin, stop)
        while at >= 0:
            end = find_expression_end(text, at)
            if end < 0:
                break
            edits.edits.append((at, end, _text_of_expression(text[at:end], depth + 1)))
            at = text.find("{", end, stop)
        done = tag.end if tag else done
    return edits.apply()


def _dedent_content(text: str) -> str:
    """The text with the content of each component moved to where its tag begins: in MDX indentation isn't code."""
    lines = text.split("\n")
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    shift = [0] * (len(lines) + 1)
    pending: list[tuple[str, int, int]] = []
    number = 0
    for tag in find_tags(text):
        while number + 1 < len(lines) and starts[number + 1] <= tag.start:
            number += 1
        last = number
        while last + 1 < len(lines) and starts[last + 1] < tag.end:
            last += 1
        begins_line = not lines[number][: tag.start - starts[number]].strip()
        if tag.kind == "open" and begins_line and len(pending) < _DEEPEST_MOVED and tag.name not in ("table", "ul", "ol", "pre", "code"):
            pending.append((tag.name, number, last))
        elif tag.kind == "close":
            names = [name for name, _, _ in pending[-50:]]
            if tag.name not in names:
                continue
            while pending:
                name, first, ended = pending.pop()
                if name == tag.name:
                    if begins_line and number > ended + 1:
                        _shift_between(lines, first, ended + 1, number, shift)
                    break
    depth, written = 0, []
    for line, change in zip(lines, shift, strict=False):
        depth += change
        width = len(line) - len(line.lstrip(" \t"))
        written.append(line[min(width, depth) :] if depth > 0 else line)
    return "\n".join(written)


def _shift_between(lines: list[str], opening: int, first: int, last: int, shift: list[int]) -> None:
    """Note that lines `first` to `last` (exclusive) move left as far as they are indented more than the tag."""
    widths = [len(line) - len(line.lstrip(" \t")) for line in lines[first:last] if line.strip()]
    margin = len(lines[opening]) - len(lines[opening].lstrip(" \t"))
    if widths and (by := min(widths) - margin) > 0:
        shift[first] += by
        shift[last] -= by


def _remove_empty_lines(before: str, after: str) -> str:
    """The text without runs of blank lines that removed tags left, and without blanks at the ends of lines."""
    if before == after:
        return after
    after = re.sub(r"(?m)^([ \t]+)$", "", after)
    return re.sub(r"\n{3,}", "\n\n", after)
