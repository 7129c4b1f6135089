"""Rewrite the dialects of Markdown into Markdown, each where a page shows that it is written in it."""

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from vrom.builder.document import Remark
from vrom.builder.sources.formats.markdown.attributes import remove_attributes
from vrom.builder.sources.formats.markdown.boxes.containers import unwrap_containers
from vrom.builder.sources.formats.markdown.boxes.indented import unwrap_indented
from vrom.builder.sources.formats.markdown.fences import has_fence_dialect, rewrite_fences
from vrom.builder.sources.formats.markdown.front_matter import FrontMatter, read_front_matter
from vrom.builder.sources.formats.markdown.html.rewrite import rewrite_html
from vrom.builder.sources.formats.markdown.links import replace_data, replace_wiki_links, resolve_definitions
from vrom.builder.sources.formats.markdown.masked import MaskedText, mask_code
from vrom.builder.sources.formats.markdown.mdx.components import has_components, unwrap_components
from vrom.builder.sources.formats.markdown.mdx.expressions import find_values, remove_comments
from vrom.builder.sources.formats.markdown.mdx.modules import has_imports, remove_module_statements, remove_scripts
from vrom.builder.sources.formats.markdown.myst.inline import has_myst, rewrite_inline
from vrom.builder.sources.formats.markdown.templates import liquid, shortcodes
from vrom.builder.sources.formats.markdown.templates.left_out import find_left_out
from vrom.builder.sources.formats.markdown_writer import write_fence

_EVIDENCE = re.compile(
    r"[{]|:::|///|!!!|\?\?\?|===[!+]* |<[A-Za-z]|\[\["
    r"|^ {0,3}\[[^\]\n]+\]:|^(?:import|export)\b|^\([\w-]+\)=|^[ \t]*\[toc\]|data:",
    re.MULTILINE | re.IGNORECASE,
)
_FORMULA = re.compile(
    r"\\\\\([^$\n]{1,1000}?\\\\\)|\\\\\[[^$]{1,5000}?\\\\\]|\$\$[^$]{1,5000}\$\$|(?<![\w$])\$(?=[^\s$])[^$\n]{0,300}[\\{][^$\n]{0,300}\$(?![\d$])"
)
_ESCAPE = re.compile(r"\\[{}<>]")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")
_QUARTO = (".qmd", ".rmd")
_MDX = re.compile(r"\{/\*|<[A-Za-z][\w.]*\s[^<>]{0,300}?\b(?:className=|[\w]+=\{)")
"""Syntax that Markdown of no other kind has."""
_TITLE = re.compile(r"\s*#[ \t][^\n]*\n")
_FIELD = re.compile(r"\{\{\s*\$frontmatter\.([\w-]{1,50})\s*\}\}")
_TEMPLATE = re.compile(r"(?<![=\w$({\[,:])\{\s*`([^`$]{0,20000})`\s*\}")
_DIRECTIVE = re.compile(r"^[ \t]*(?:`{3,}|:{3,})\{[a-z]", re.MULTILINE)
_INLINE_CODE = re.compile(r"(?<!`)`(?:r|\{(?:r|python|julia|ojs)\})[ ]+([^`\n]+)`(?!`)")


@dataclass(frozen=True)
class Rewritten:
    """A page as Markdown, and the title that its metadata has; empty if it has none."""

    text: str
    title: str = ""
    remarks: tuple[Remark, ...] = ()
    """What its text doesn't hold, such as values that only the site has."""


def rewrite_dialects(text: str, name: str, write_rst: Callable[[str], str]) -> Rewritten:
    """A page as Markdown. Ordinary Markdown is unchanged. Never raises.

    `write_rst` makes Markdown of reStructuredText, for pages that hold both.
    """
    unified = re.sub(r"\r\n?", "\n", text)
    front = read_front_matter(unified)
    body = unified[front.end :]
    suffix = PurePosixPath(name).suffix.lower()
    title = front.title
    remarks: list[Remark] = []
    if suffix in _QUARTO or _EVIDENCE.search(body):
        body, stated = _rewrite_body(body, suffix, front, write_rst, remarks)
        title = title or stated
    above = [text for text in front.paragraphs() if " ".join(text.split()) not in body]
    if body == unified[front.end :] and not above and not front.is_json:
        return Rewritten(text, title, tuple(remarks))
    return Rewritten(_introduce(body, above) if above else body, title, tuple(remarks))


def _introduce(body: str, paragraphs: Sequence[str]) -> str:
    """The page with these paragraphs first, below its own title if it begins with one."""
    heading = _TITLE.match(body)
    start = heading.end() if heading else 0
    introduction = "".join(f"{paragraph}\n\n" for paragraph in paragraphs)
    return f"{body[:start].strip(chr(10))}\n\n{introduction}{body[start:].lstrip(chr(10))}".lstrip("\n")


def _rewrite_body(
    body: str, suffix: str, front: FrontMatter, write_rst: Callable[[str], str], remarks: list[Remark]
) -> tuple[str, str]:
    """The page as Markdown, and the title that its code states. Adds what is left out to the remarks."""
    is_myst = False
    if has_fence_dialect(body):
        is_myst = _DIRECTIVE.search(body) is not None
        body = rewrite_fences(body, write_rst)
    masked = mask_code(body)
    if masked is None:
        return body, ""
    masked.mask_blocks(indented_code=suffix != ".mdx")
    before = masked.text
    masked.text = remove_scripts(masked.text)
    is_mdx = suffix == ".mdx" or (suffix not in _QUARTO and _is_mdx(masked.text))
    title = ""
    if is_mdx:
        masked.text, title = remove_module_statements(masked.text)
    masked.text = _FIELD.sub(lambda field: str(front.fields.get(field[1], "")), masked.text)
    if suffix in _QUARTO:
        masked.text = _INLINE_CODE.sub(r"`\1`", masked.text)
    _fence_code(masked, is_mdx=is_mdx)
    has_gaps = masked.text != before
    masked.mask_spans()
    masked.text = replace_data(masked.text)
    if is_myst or has_myst(masked):
        rewrite_inline(masked, _substitutions(front))
    remarks += _remark_left_out(masked, is_mdx=is_mdx)
    _rewrite_tags(masked, is_mdx=is_mdx, has_gaps=has_gaps)
    masked.text = remove_attributes(replace_wiki_links(masked.text))
    resolve_definitions(masked)
    return masked.restore(), title


def _is_mdx(text: str) -> bool:
    """True if a text, whose code is masked, holds syntax of MDX."""
    return has_imports(text) or _MDX.search(text) is not None


def _fence_code(masked: MaskedText, *, is_mdx: bool) -> None:
    """Mask code between template tags and in JSX's strings, before code spans are: it may hold odd backticks."""
    if shortcodes.has_shortcodes(masked.text):
        shortcodes.fence_code(masked)
    if liquid.has_tags(masked.text):
        liquid.fence_code(masked)
    if is_mdx:
        masked.text = _TEMPLATE.sub(lambda found: _write_string(found[1], masked), masked.text)


def _write_string(text: str, masked: MaskedText) -> str:
    """A string of JSX between tags; one of several lines is code."""
    if "\n" not in text.strip():
        return text
    return f"\n\n{masked.take_out(write_fence(textwrap.dedent(text)), is_block=True)}\n\n"


def _remark_left_out(masked: MaskedText, *, is_mdx: bool) -> list[Remark]:
    """Remarks about what the page's templates and expressions show, and the page itself doesn't hold."""
    if "{" not in masked.text:
        return []
    remarks = [] if is_mdx else list(find_left_out(masked.text))
    if is_mdx:
        remarks = [
            Remark("expression left out", value, lost=True) for value in find_values(remove_comments(masked.text))
        ]
    code = re.compile(masked.mark)
    return [replace(remark, example=code.sub("…", remark.example)) for remark in remarks]


def _rewrite_tags(masked: MaskedText, *, is_mdx: bool, has_gaps: bool) -> None:
    if "$" in masked.text or "\\\\(" in masked.text:
        masked.mask_pattern(_FORMULA)
    if is_mdx:
        masked.mask_pattern(_ESCAPE)
    before = masked.text
    masked.change_code(shortcodes.unescape)
    if shortcodes.has_shortcodes(masked.text):
        masked.text = shortcodes.replace_shortcodes(masked.text, masked)
    if liquid.has_tags(masked.text):
        masked.change_code(liquid.remove_raw)
        masked.text = liquid.replace_tags(masked.text)
    masked.text = unwrap_containers(unwrap_indented(remove_comments(masked.text)))
    if is_mdx or has_components(masked.text):
        unwrap_components(masked, is_mdx=is_mdx)
    if "<" in masked.text:
        masked.mask_spans()  # those that components and templates became
        rewrite_html(masked)
    if has_gaps or masked.text != before:
        masked.text = _BLANK_LINES.sub("\n\n", masked.text)


def _substitutions(front: FrontMatter) -> dict[str, object]:
    """Values that a page of MyST defines for itself."""
    settings = front.fields.get("myst") or front.fields.get("substitutions") or {}
    values = settings.get("substitutions", settings) if isinstance(settings, dict) else {}
    return {str(key): value for key, value in values.items()} if isinstance(values, dict) else {}
