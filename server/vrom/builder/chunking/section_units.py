"""Cut the blocks of each section into units, and attach headings to the text that follows them."""

from dataclasses import dataclass, field

from vrom.builder.chunking.sections import Section
from vrom.builder.chunking.token_budget import TitlePath, TokenBudget
from vrom.builder.chunking.unit import Unit, forbid_cuts, sum_tokens
from vrom.builder.chunking.units import Cutter
from vrom.builder.markdown.blocks import ParsedMarkdown


@dataclass(frozen=True)
class SectionUnits:
    """A section cut into units: its headings and text, without those of the sections under it."""

    path: TitlePath
    """Title path, shortened to leave room for text."""
    units: list[Unit] = field(default_factory=list)
    """Empty for a section without text: its heading is then in the next section with text."""
    children: list["SectionUnits"] = field(default_factory=list)


def cut_sections(root: Section, parsed: ParsedMarkdown, budget: TokenBudget) -> SectionUnits:
    """The units of a section and of all sections under it."""
    return _cut_section(root, parsed, budget, [])[0]


def _cut_section(
    section: Section, parsed: ParsedMarkdown, budget: TokenBudget, waiting: list[Unit]
) -> tuple[SectionUnits, list[Unit]]:
    """The units of a section, and the headings still without text; `waiting` are the headings pending before."""
    path = budget.fit_path(section.path)
    room = budget.room(path)
    cutter = Cutter(parsed, budget.measure, room)
    if section.heading:
        waiting = [*waiting, *cutter.cut_block(section.heading)]
    last = [unit for heading in section.last_headings for unit in cutter.cut_block(heading)]
    body: list[Unit] = []
    if sum_tokens(waiting) * 3 > room:  # so many or so long that they are treated as text
        body, waiting = waiting, []
    reserved = sum_tokens(waiting)
    if sum_tokens(last) * 3 <= room - reserved:
        reserved += sum_tokens(last)
        last = forbid_cuts(last)
    body += cutter.with_less_room(reserved).cut_blocks(section.blocks, cut=0.0)

    cut = SectionUnits(path)
    if body:
        if waiting:  # no cut from the first heading up to the text's first unit
            body = [waiting[0], *forbid_cuts([*waiting[1:], body[0]]), *body[1:]]
        cut.units.extend([*body, *last])
        waiting = []
    for child in section.children:
        below, waiting = _cut_section(child, parsed, budget, waiting)
        cut.children.append(below)
    return cut, waiting
