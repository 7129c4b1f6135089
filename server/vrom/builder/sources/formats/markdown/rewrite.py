"""Rewrite the dialects of Markdown into Markdown, each where a page shows that it is written in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from vrom.builder.sources.formats.markdown.attributes import remove_attributes
from vrom.builder.sources.formats.markdown.containers import unwrap_containers
from vrom.builder.sources.formats.markdown.fences import has_fence_dialect, rewrite_fences
from vrom.builder.sources.formats.markdown.front_matter import FrontMatter, read_front_matter
from vrom.builder.sources.formats.markdown.links import replace_data, replace_wiki_links, resolve_definitions
from vrom.builder.sources.formats.markdown.masked import MaskedText, mask_code
from vrom.builder.sources.formats.markdown.mdx.components import has_components, unwrap_components
from vrom.builder.sources.formats.markdown.mdx.expressions import remove_comments
from vrom.builder.sources.formats.markdown.mdx.modules import has_imports, remove_module_statements, remove_scripts
from vrom.builder.sources.formats.markdown.myst.inline import has_myst, rewrite_inline
from vrom.builder.sources.formats.markdown.templates import liquid, shortcodes

_EVIDENCE = re.compile(
    r"[{]|:::|///|<[A-Za-z]|\[\[|^ {0,3}\[[^\]\n]+\]:|^(?:import|export)\b|^\([\w-]+\)=|^[ \t]*\[toc\]|data:",
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
_INLINE_CODE = re.compile(r"(?<!`)`(?:r|\{(?:r|python|julia|ojs)\})[ ]+([^`\n]+)`(?!`)")


@dataclass(frozen=True)
class Rewritten:
    """A page as Markdown, and the title that its metadata has; empty if it has none."""

    text: str
    title: str = ""


def rewrite_dialects(text: str, name: str, write_rst: Callable[[str], str]) -> Rewritten:
    """A page as Markdown. Ordinary Markdown is unchanged. Never raises.

    `write_rst` makes Markdown of reStructuredText, for pages that hold both.
    """
    unified = re.sub(r"\r\n?", "\n", text)
    front = read_front_matter(unified)
    body = unified[front.end :]
    suffix = PurePosixPath(name).suffix.lower()
    title = front.title
    if _EVIDENCE.search(body):
        body, stated = _rewrite_body(body, suffix, front, write_rst)
        title = title or stated
    above = [text for text in front.paragraphs() if " ".join(text.split()) not in body]
    if body == unified[front.end :] and not above and not front.is_json:
        return Rewritten(text, title)
    introduction = "".join(f"{paragraph}\n\n" for paragraph in above)
    return Rewritten(introduction + body.lstrip("\n") if introduction else body, title)


def _rewrite_body(body: str, suffix: str, front: FrontMatter, write_rst: Callable[[str], str]) -> tuple[str, str]:
    is_quarto = suffix in _QUARTO
    is_myst = False
    if has_fence_dialect(body):
        is_myst = re.search(r"^[ \t]*(?:`{3,}|:{3,})\{[a-z]", body, re.MULTILINE) is not None
        body = rewrite_fences(body, write_rst)
    masked = mask_code(body)
    if masked is None:
        return body, ""
    is_mdx = suffix == ".mdx"
    masked.mask_blocks(indented_code=not is_mdx)
    if suffix in (".md", ".markdown") and (has_imports(masked.text) or _MDX.search(masked.text)):
        is_mdx = True
    title = ""
    masked.text = remove_scripts(masked.text)
    if is_mdx:
        masked.text, title = remove_module_statements(masked.text)
    if is_quarto:
        masked.text = _INLINE_CODE.sub(r"`\1`", masked.text)
    _rewrite_templates(masked)
    masked.mask_spans()
    masked.text = replace_data(masked.text)
    if is_myst or has_myst(masked):
        rewrite_inline(masked, _substitutions(front))
    _rewrite_masked(masked, is_mdx=is_mdx)
    return masked.restore(), title


def _rewrite_templates(masked: MaskedText) -> None:
    """Template tags that hold code, before the code spans of prose are masked: a tag's code may have odd backticks."""
    if shortcodes.has_shortcodes(masked.text):
        shortcodes.fence_code(masked)
    if liquid.has_tags(masked.text):
        liquid.fence_code(masked)


def _rewrite_masked(masked: MaskedText, *, is_mdx: bool) -> None:
    if "$" in masked.text or "\\\\(" in masked.text:
        masked.mask_pattern(_FORMULA)
    if is_mdx:
        masked.mask_pattern(_ESCAPE)
    before = masked.text
    if shortcodes.has_shortcodes(masked.text):
        masked.change_code(shortcodes.unescape)
        masked.text = shortcodes.replace_shortcodes(masked.text, masked)
    if liquid.has_tags(masked.text):
        masked.change_code(liquid.remove_raw)
        masked.text = liquid.replace_tags(masked.text)
    masked.text = unwrap_containers(remove_comments(masked.text))
    if is_mdx or has_components(masked.text):
        unwrap_components(masked, is_mdx=is_mdx)
    if masked.text != before:
        masked.text = _BLANK_LINES.sub("\n\n", masked.text)
    masked.text = remove_attributes(replace_wiki_links(masked.text))
    resolve_definitions(masked)


def _substitutions(front: FrontMatter) -> dict[str, object]:
    """Values that a page of MyST defines for itself."""
    settings = front.fields.get("myst") or front.fields.get("substitutions") or {}
    values = settings.get("substitutions", settings) if isinstance(settings, dict) else {}
    return {str(key): value for key, value in values.items()} if isinstance(values, dict) else {}
