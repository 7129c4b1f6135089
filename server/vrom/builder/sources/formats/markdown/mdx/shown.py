"""What a reader sees of a component's tag: its title, its kind, the parameter or the data that it documents."""

import re

from vrom.builder.sources.formats.markdown.boxes.labels import is_admonition, write_admonition, write_label
from vrom.builder.sources.formats.markdown.masked import MaskedText
from vrom.builder.sources.formats.markdown.mdx.jsx import Tag, strip_tags
from vrom.builder.sources.formats.markdown.mdx.props import quote_type, write_items
from vrom.builder.sources.formats.markdown_writer import write_fence

_TITLE_PROPS = ("title", "heading", "header", "label", "question", "summary", "name", "text", "caption", "alt", "term")
_TEXT_PROPS = (
    "subtitle",
    "description",
    "desc",
    "subheading",
    "answer",
    "body",
    "tooltip",
    "content",
    "tip",
    "message",
)
_HINTS = ("tip", "tooltip", "content", "message")
"""Props with what is shown beside a component's content where that is in a line."""
_KIND_PROPS = ("type", "kind", "variant", "intent", "severity", "status", "level")
_PLACES = ("query", "path", "body", "header", "cookie", "form", "param", "parameter", "prop", "property", "field")
_DETAILS = ("type", "required", "default", "initialValue", "deprecated", "since", "version", "optional")
_REQUEST = ("query", "path", "body", "header", "cookie", "form")
_FLAGS = ("required", "deprecated", "optional")
_WORDS = {"initialValue": "default"}
_PARAMETER = re.compile(
    r"(?:Param|Prop|Field|Arg|Attribute|Option|Parameter|Property|PropertyDef|Attr|Header)s?\w{0,6}$"
)
_GROUPS = re.compile(r"(?:Tabs|CodeGroup|CodeTabs|Steps|Cards?Group|CardGrid|Cards|AccordionGroup|PackageManagerTabs)$")
_SILENT = re.compile(r"(?:\w*Icon|Logo|Avatar|Script|Head|Meta|Seo|SEO|Spacer|Separator|Divider|Iframe|YouTube)$")
_CODE = re.compile(r"(?:Snippet|Code|Terminal|Command|Shell|Install|Npm|PackageInstall)\w{0,20}$")
_CODE_PROPS = ("code", "text", "command", "snippet", "value", "cmd", "source")
_BLOCKS = {"article", "aside", "center", "div", "figure", "footer", "header", "main", "nav", "p", "section"}
_BLOCKS |= {"details", "figcaption"}
_ITEMS = re.compile(r"^\{\s*\[(.*)\]\s*\}$", re.DOTALL)
_STRING = re.compile(r"""(["'`])((?:(?!\1)[^\\\n]|\\.)*)\1""")


def is_unlabelled_item(tag: Tag) -> bool:
    """True for a tab or the like that has no label of its own."""
    return tag.name.endswith(("Tab", "TabItem", "TabPanel", "Item", "TabsContent")) and not _title_of(tag)


def labels_of(tag: Tag) -> list[str]:
    """Labels that a component has for those within it: `<Tabs items={["npm", "yarn"]}>`."""
    for name in ("items", "labels", "tabs", "titles", "names"):
        if found := _ITEMS.match(tag.expressions.get(name, "")):
            return [string[2] for string in _STRING.finditer(found[1])]
    return []


def hint_of(tag: Tag) -> str:
    """What is shown beside a component's content, such as a tooltip."""
    hint = next((hint for name in _HINTS if (hint := _text(tag, name))), "")
    return f" ({hint})" if hint else ""


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
        return " ".join(strip_tags(expression.strip("{}")).split())
    return ""


def show_code(tag: Tag, masked: MaskedText, *, alone: bool) -> str:
    """The code that a component shows: `<Snippet text="npm install demo" />`."""
    if tag.kind != "single" or not _CODE.match(tag.name):
        return ""
    code = next((value for name in _CODE_PROPS if (value := tag.attributes.get(name, "").strip())), "")
    if code and masked.opening not in code:
        language = tag.attributes.get("language") or tag.attributes.get("lang") or ""
        return masked.take_out(write_fence(code, language), is_block=True) if alone else masked.take_out(f"`{code}`")
    return ""


def show(tag: Tag, given: str, *, alone: bool) -> str:
    """What a reader sees of a tag."""
    if _SILENT.match(tag.name) or tag.name in _BLOCKS:
        return ""
    if tag.name in ("img", "Image", "Img", "Picture", "Frame") or (tag.name.endswith("Image") and tag.kind == "single"):
        return _text(tag, "alt") or _text(tag, "caption") or _text(tag, "title")
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
    hints = () if alone or tag.kind == "single" else _HINTS
    texts = [text for name in _TEXT_PROPS if name not in hints and (text := _text(tag, name)) and text != title]
    lists = [] if _GROUPS.match(tag.name) and tag.kind == "open" else list(map(write_items, tag.expressions.values()))
    texts += filter(None, lists)
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
    props = {*tag.attributes, *tag.expressions}
    is_parameter = _PARAMETER.search(tag.name) is not None
    place = next((name for name in _PLACES if (text := _text(tag, name)) and not re.search(r"\s", text)), "")
    if not is_parameter and not {"type", "required"} & props:
        place = ""
    name = _text(tag, place) if place else _text(tag, "name")
    if not name or is_admonition(tag.name) or not (is_parameter or {"type", "required", "default"} & props):
        return ""
    details = [place] if place in _REQUEST else []
    for detail in _DETAILS:
        value = _text(tag, detail) or _plain(tag.expressions.get(detail, ""))
        if detail in _FLAGS:
            details += [detail] if detail in props and value in ("", "true", detail) else []
        elif value:
            details.append(quote_type(value) if detail == "type" else f"{_WORDS.get(detail, detail)} {value}")
    details += [word for word in _list_of(tag, "pre") + _list_of(tag, "post") if word not in details]
    shown = f" ({', '.join(details)})" if details else ""
    texts = [text for key in _TEXT_PROPS if key != place and (text := _text(tag, key))]
    return " ".join([f"`{name}`{shown}:" if "`" not in name else f"{name}{shown}:", *texts])


def _plain(expression: str) -> str:
    """The value of an expression that is a number, a name or a list: `{10}`."""
    value = expression[1:-1].strip()
    return value if value and len(value) <= 80 and "<" not in value and "\n" not in value else ""


def _list_of(tag: Tag, name: str) -> list[str]:
    return [string[2] for string in _STRING.finditer(tag.expressions.get(name, ""))][:5]
