"""Formats of documentation that vrom has no reader for, by the names of their files, with the way round."""

import re
from pathlib import PurePosixPath

_PANDOC = "convert it to Markdown: pandoc FILE -t gfm -o FILE.md"
_WAYS_ROUND = {
    "build its HTML and give that folder": (
        ".adoc .asciidoc .asc .ad .texi .texinfo .txi .dita .ditamap .docbook .dbk .qdoc .typ .djot .dj .mdoc "
        ".sdoc .lagda .svx .astro .xdoc"
    ),
    "render it to Markdown: quarto render --to gfm": ".qmd .rmd .rmarkdown .rnw",
    _PANDOC: (
        ".org .docx .odt .rtf .epub .tex .latex .ltx .textile .mediawiki .wiki .creole .muse .t2t .opml .fb2 .pptx"
    ),
    "save it as text or DOCX, and convert that with pandoc": ".doc .ppt .odp .sxw .wpd",
    "convert it to text: pdftotext -layout FILE": ".pdf .djvu",
    "convert it to HTML: mandoc -T html FILE": ".man .roff .nroff .mandoc",
    "convert it to Markdown: pod2markdown FILE": ".pod",
    "convert it to HTML: R CMD Rdconv -t html FILE": ".rd",
    "convert it to Markdown: rdoc --markup": ".rdoc",
    "unpack it, and give the folder with its HTML": ".chm .mht .mhtml",
    "rename it to .md": ".mkd .mkdn .mdwn .mdtxt .mdtext .markdn",
    "save it as a text file: .txt": ".gmi .gemini .bbcode .pdoc .nfo",
}
_WAY_BY_SUFFIX = {suffix: way for way, suffixes in _WAYS_ROUND.items() for suffix in suffixes.split()}
_TEMPLATES = frozenset((
    ".erb", ".j2", ".jinja", ".jinja2", ".in", ".tmpl", ".tpl", ".hbs", ".liquid", ".njk", ".mustache", ".ejs",
))  # fmt: skip
_TEXTS = {".md", ".mdx", ".markdown", ".rst", ".adoc", ".html"}
_MAN_PAGE = re.compile(r"(?!v\d)[A-Za-z_][\w:+@-]*\.[1-9][a-z]{0,2}")


def find_way_round(name: str) -> str:
    """How to have a file of documentation read that vrom has no reader for; empty if it isn't documentation."""
    path = PurePosixPath(name)
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if not suffixes:
        return ""
    if _MAN_PAGE.fullmatch(path.name):
        return _WAY_BY_SUFFIX[".man"]
    if suffixes[-1] in _TEMPLATES and _TEXTS & set(suffixes[:-1]):
        return "fill in the template, and give its result"
    return _WAY_BY_SUFFIX.get(suffixes[-1], "")
