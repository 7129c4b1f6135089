"""The documentation trees: where each comes from, what of it is read, and what of its pages is content."""

import fnmatch
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reading.fetch import fetch

KEPT_WHOLE = 2_000_000
"""Files of more bytes that aren't pages are not copied."""


@dataclass(frozen=True)
class Tree:
    """One tree of documentation."""

    name: str
    kind: str
    """The tool that it is written for or made by, for display."""
    origin: str
    """As in `fetch`."""
    folder: str
    """What is given to the builder, in the unpacked archive."""
    pages: tuple[str, ...]
    """Patterns of the pages in `folder` that have content; generated indexes and the like aren't listed."""
    syntax: str
    """What the pages are written in, a key of `READERS`."""
    every: int = 1
    """Of the pages sorted by name, each so-manieth is read."""
    without: tuple[str, ...] = ()
    """Patterns of pages that aren't content, and of files that aren't copied."""
    main: str = "body"
    """HTML: selectors of a page's content, the first that it has."""
    chrome: str = ""
    """HTML: selectors within `main` of what isn't content."""
    headings: str = "h1, h2, h3, h4, h5, h6"
    """HTML: selectors of headings."""
    labels: str = ""
    """HTML: selectors of headings that are labels of notes and examples, and open no section."""
    code: str = "pre"
    """HTML: selectors of code, signatures of members included."""
    lines: str = ""
    """HTML: selectors of elements within signatures that the style sheet puts on lines of their own."""
    others: bool = True
    """Copy files that aren't pages, which pages may include."""

    def sample(self, cache: Path) -> tuple[Path, list[str]]:
        """The folder to read, and the names of its pages. Raises `UnavailableError` if the tree can't be had."""
        source = fetch(self.origin, cache) / self.folder
        target = cache / "samples" / f"{self.name}-{self.every}"
        names = sorted(self._files(source))
        pages = [name for name in names if self._matches(name, self.pages) and not self._matches(name, self.without)]
        pages = pages[:: self.every]
        if not target.is_dir():
            made = target.with_name(f"{target.name}.{os.getpid()}")
            wanted = set(pages)
            for name in names:
                if name in wanted or (self.others and self._is_other(source / name, name)):
                    (made / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(source / name, made / name)
            made.rename(target)
        return target, pages

    def _is_other(self, file: Path, name: str) -> bool:
        return not (
            self._matches(name, self.pages) or self._matches(name, self.without) or file.stat().st_size > KEPT_WHOLE
        )

    @staticmethod
    def _files(source: Path) -> Iterator[str]:
        for parent, _, files in os.walk(source):
            for name in files:
                file = Path(parent, name)
                if file.is_file() and not file.is_symlink():
                    yield file.relative_to(source).as_posix()

    @staticmethod
    def _matches(name: str, patterns: tuple[str, ...]) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


_SPHINX_CHROME = (
    ".headerlink, .viewcode-link, .sphinxsidebar, .related, .prev-next-area, .bd-footer, .rst-footer-buttons, "
    "[role=navigation], .copybtn, .linenos, .toctree-wrapper"
)
_SPHINX_EXTRA = ("*genindex*", "*search.html", "*modindex*", "_static/*", "_modules/*", "*_sources/*", "*.pdf", "*.zip")

# fmt: off
TREES = (
    # Sources.
    Tree("django", "Sphinx in .txt", "pypi:django==5.2.8", "docs", ("*.txt",), "rst", every=6,
         without=("releases/*", "_*", "requirements.txt", "man/*", "lint.py")),
    Tree("numpy", "Sphinx, API and doctests", "pypi:numpy==2.3.5", "doc/source", ("*.rst",), "rst", every=3,
         without=("release/*", "release.rst", "_templates/*")),
    Tree("pytest", "Sphinx", "pypi:pytest==9.0.1", "doc/en", ("*.rst",), "rst",
         without=("announce/*", "changelog.rst", "_changelog_towncrier_draft.rst", "*.txt")),
    Tree("sqlalchemy", "Sphinx, own extensions", "pypi:sqlalchemy==2.0.44", "doc/build", ("*.rst",), "rst",
         every=4, without=("changelog/*", "*.txt", "copyright.rst")),
    Tree("fastapi", "MkDocs, code included", "pypi:fastapi==0.88.0", "", ("docs/en/docs/*.md",), "markdown",
         without=("docs/[!e]*", "docs/e[!n]*", "tests/*", "fastapi/*", "[A-Z]*.md", ".github/*", "scripts/*",
                  "docs/en/overrides/*", "docs/en/docs/release-notes.md")),
    Tree("pymdown", "MkDocs, blocks and snippets", "pypi:pymdown-extensions==10.17.1", "docs/src/markdown", ("*.md",),
         "markdown", without=("about/changelog.md", ".snippets/*")),
    Tree("griffe", "MkDocs, mkdocstrings", "pypi:griffe==1.15.0", "docs", ("*.md",), "markdown",
         without=("changelog.md", ".overrides/*")),
    Tree("black", "MyST, Sphinx", "pypi:black==25.11.0", "docs", ("*.md",), "markdown", without=("change_log.md",)),
    Tree("celery", "Sphinx", "pypi:celery==5.6.0", "docs", ("*.rst",), "rst", every=3,
         without=("history/*", "changelog.rst", "internals/reference/*", "templates/*", "*.txt")),
    Tree("jupyter-book", "MyST", "pypi:jupyter-book==2.1.0", "docs", ("*.md",), "markdown"),
    Tree("jupyterlab", "MyST, Sphinx", "pypi:jupyterlab==4.5.0", "docs/source", ("*.md",), "markdown",
         without=("getting_started/changelog.md",)),
    Tree("xarray", "notebooks", "pypi:xarray==2025.11.0", "doc/examples", ("*.ipynb",), "notebook"),
    Tree("great-tables", "Quarto", "pypi:great-tables==0.19.0", "docs", ("*.qmd",), "markdown"),
    Tree("dplyr", "R Markdown", "debian:r-cran-dplyr", "usr/lib/R/site-library/dplyr/doc", ("*.Rmd",), "markdown",
         without=("*.html",)),
    Tree("knitr", "R Markdown", "debian:r-cran-knitr", "usr/lib/R/site-library/knitr/doc", ("*.Rmd",), "markdown",
         without=("*.html",)),
    Tree("next", "MDX", "npm:next@16.4.6", "dist/docs", ("*.md", "*.mdx"), "markdown", every=4),
    Tree("ai-sdk", "MDX, components", "npm:ai@6.0.326", "docs", ("*.mdx",), "markdown", every=2),
    Tree("react-router", "Markdown, front matter", "npm:react-router@7.18.6", "docs", ("*.md",), "markdown"),
    Tree("fastify", "Markdown", "npm:fastify@5.6.2", "docs", ("*.md",), "markdown"),
    Tree("mui", "Markdown, demos", "npm:@mui/material@9.5.0", "docs", ("*.md",), "markdown", every=2),
    Tree("git", "AsciiDoc in .txt", "debian:git-doc", "usr/share/doc/git-doc", ("git*.txt",), "asciidoc", every=4,
         without=("*.html",)),
    Tree("man-pages", "man pages, .gz", "debian:manpages-dev", "usr/share/man", ("*.gz",), "man", every=40,
         others=False),
    Tree("perl", "POD", "debian:perl-doc", "usr/share/perl/5.36.0/pod", ("*.pod",), "pod", every=8,
         without=("*delta.pod",)),
    # Built sites.
    Tree("python-html", "Sphinx, HTML", "debian:python3.11-doc", "usr/share/doc/python3.11/html", ("*.html",), "html",
         every=12, without=(*_SPHINX_EXTRA, "whatsnew/*", "contents.html", "index.html", "*/index.html",
         "download.html"),
         main="div.body", chrome=_SPHINX_CHROME),
    Tree("flask-html", "Sphinx, flask theme", "debian:python-flask-doc", "usr/share/doc/python-flask-doc/html",
         ("*.html",), "html", without=(*_SPHINX_EXTRA, "changes.html"), main="div.body", chrome=_SPHINX_CHROME),
    Tree("attrs-html", "Sphinx, Read the Docs theme", "debian:python-attr-doc", "usr/share/doc/python-attr-doc/html",
         ("*.html",), "html", without=_SPHINX_EXTRA, main="[itemprop=articleBody], [role=main]", chrome=_SPHINX_CHROME),
    Tree("pandas-html", "Sphinx, pydata theme", "debian:python-pandas-doc", "usr/share/doc/python-pandas-doc/html",
         ("*.html",), "html", every=40, without=(*_SPHINX_EXTRA, "generated/*"), main="main", chrome=_SPHINX_CHROME),
    Tree("kitty-html", "Sphinx, furo theme", "debian:kitty-doc", "usr/share/doc/kitty/html", ("*.html",), "html",
         without=(*_SPHINX_EXTRA, "changelog.html"), main="article[role=main], article", chrome=_SPHINX_CHROME),
    Tree("uvicorn-html", "MkDocs", "debian:python-uvicorn-doc", "usr/share/doc/python-uvicorn-doc/html", ("*.html",),
         "html", without=("search.html", "404.html", "release-notes/*", "overrides/*"), main="[role=main]",
         chrome=".headerlink"),
    Tree("mkdocs-html", "MkDocs", "debian:mkdocs-doc", "usr/share/doc/mkdocs/html", ("*.html",), "html",
         without=("search.html", "404.html", "about/release-notes.html"), main="[role=main]", chrome=".headerlink",
         headings=", ".join(f"h{level}:not(.doc-heading)" for level in range(1, 7)), code="pre, .doc-heading > code"),
    Tree("rust-book", "mdBook", "debian:rust-doc", "usr/share/doc/rust-doc/html/book", ("ch*.html", "app*.html",
         "foreword.html"), "html",
         every=2, main="main, #content", chrome=".buttons", others=False),
    Tree("rust-std", "rustdoc", "debian:rust-doc", "usr/share/doc/rust-doc/html/std", ("*.html",), "html", every=150,
         without=("*arch/*", "*all.html", "simd/*", "*keyword*"), main="#main-content", others=False,
         chrome=".sub, .out-of-band, .srclink, a.anchor, .anchor, .since, #copy-path, .rightside, .notable-traits, "
         ".sidebar, .test-arrow, #toggle-all-docs, .source, .hideme",
         headings="h1, h2, .docblock h3, .docblock h4, .docblock h5, h3.code-header, h4.code-header .fnname",
         code="pre, h4.code-header", lines=".fmt-newline"),
    Tree("postgresql", "DocBook", "debian:postgresql-doc-15", "usr/share/doc/postgresql-doc-15/html", ("*.html",),
         "html",
         every=16, without=("bookindex.html", "index.html", "biblio.html", "release*", "legalnotice.html"),
         chrome=".navheader, .navfooter, .toc, .id_link",
         labels=".note > h3, .tip > h3, .warning > h3, .caution > h3, .important > h3"),
    Tree("commons-lang", "Javadoc", "debian:libcommons-lang3-java-doc", "usr/share/doc/libcommons-lang3-java/api",
         ("org/*.html",), "html", every=8, main="main",
         without=("*class-use/*", "src-html/*", "*package-tree.html", "*package-use.html", "*-all.html",
         "index-files/*",
                  "all*.html", "*overview*", "help-doc.html", "constant-values.html", "serialized-form.html"),
         chrome=".sub-title, nav, .caption > button, .copy, .table-tabs"),
    Tree("eigen", "Doxygen", "debian:libeigen3-doc", "usr/share/doc/libeigen3-dev/html", ("*.html",), "html", every=12,
         without=("*search/*", "*-members.html", "*_source.html", "functions*", "*index.html", "annotated.html",
         "dir_*",
                  "hierarchy.html", "classes.html", "*dir_*", "inherits.html", "files.html", "globals*",
                  "namespacemembers*"),
         main="#doc-content", chrome="#MSearchSelectWindow, #MSearchResultsWindow, .summary, .permalink, .dynheader, "
         ".dynsummary, .dyncontent, .footer, #nav-path, .ttc, .lineno, .separator, .memSeparator, "
         ".heading > .iconfopen"),
    Tree("git-html", "AsciiDoc, HTML", "debian:git-doc", "usr/share/doc/git-doc", ("git*.html",), "html", every=8,
         without=("*.txt",), chrome="#footer, #toc"),
    Tree("gettext", "texinfo", "debian:gettext-doc", "usr/share/doc/gettext", ("gettext_*.html",), "html",
         without=("javadoc2/*", "csharpdoc/*", "*_toc.html", "*_fot.html", "*_abt.html", "examples/*", "*.[13].html"),
         chrome="table[cellpadding='1'], .header"),
    Tree("r-manual", "texinfo (R)", "debian:r-doc-html", "usr/share/R/doc/manual", ("R-*.html",), "html",
         without=("R-FAQ.html", "R-ints.html", "R-admin.html"), chrome=".header, .nav-panel, .contents, "
         ".shortcontents, "
         ".copiable-anchor, .copiable-link, .summary-letter"),
    Tree("erlang", "Erlang", "debian:erlang-doc", "usr/share/doc/erlang-doc/lib/stdlib-4.2/doc/html", ("*.html",),
         "html",
         every=8, without=("index.html", "*release_notes*", "notes.html", "users_guide.html"), main="#content",
         chrome=".footer, .ghlink-after, .ghlink-before, .ghlink, .title_link > .icon"),
    Tree("glib", "gtk-doc", "debian:libglib2.0-doc", "usr/share/gtk-doc/html/gio", ("*.html",), "html", every=16,
         without=("index.html", "ix*.html", "api-index*", "annotation-glossary.html", "ch*.html", "pt*.html"),
         chrome=".navigation, .footer, .listing_lines"),
    Tree("aeson", "Haddock", "debian:libghc-aeson-doc", "usr/share/doc/libghc-aeson-doc/html", ("*.html",), "html",
         every=3,
         without=("src/*", "doc-index*", "index.html", "*.txt"), main="#content",
         chrome="#table-of-contents, #synopsis, .link, .selflink, #page-menu"),
    Tree("asciidoctor", "RDoc", "debian:asciidoctor-doc", "usr/share/doc/asciidoctor-doc/html", ("*.html",), "html",
         every=5, without=("table_of_contents.html",), main="main", chrome=".method-source-code, .method-click-advice, "
         ".method-controls, h1 span a, h2 span a, h3 span a"),
    Tree("mocha", "YARD", "debian:ruby-mocha-doc", "usr/share/doc/ruby-mocha/docs", ("*.html",), "html",
         without=("*_list.html", "index.html", "_index.html", "frames.html", "file.RELEASE.html",
         "top-level-namespace.html"),
         main="#content", chrome=".summary_toggle, .showSource, .source_code, .lines, .permalink, .inheritanceTree, "
         ".nodoc, .aliases",
         headings="h1, h2, h3:not(.signature), h4, h3.signature strong", code="pre, h3.signature"),
    Tree("uutf", "ocamldoc", "debian:libuutf-ocaml-doc", "usr/share/doc/libuutf-ocaml-doc/html/api", ("*.html",),
         "html",
         without=("index*.html", "type_*"), chrome=".navbar"),
    Tree("crystal", "Crystal", "debian:crystal-doc", "usr/share/doc/crystal/api-docs", ("*.html",), "html", every=40,
         main=".main-content", chrome=".anchor, .superclass-hierarchy, .view-source, .octicon-link, .entry-detail > br",
         without=("404.html",)),
    Tree("node", "Node.js", "debian:nodejs-doc", "usr/share/doc/nodejs/api", ("*.html",), "html", every=6,
         without=("all.html", "index.html"), main="#apicontent", chrome=".mark, .js-flavor-selector, .copy-button"),
    Tree("dplyr-html", "R Markdown, HTML", "debian:r-cran-dplyr", "usr/lib/R/site-library/dplyr/doc", ("*.html",),
         "html",
         without=("index.html", "*.Rmd"), chrome="#TOC, .anchor-section"),
    Tree("apache", "httpd manual", "debian:apache2-doc", "usr/share/doc/apache2-doc/manual/en", ("*.html",), "html",
         every=10, without=("mod/quickreference.html", "index.html", "sitemap.html", "mod/directives.html"),
         main="#page-content", chrome=".top, #quickview, .toplang, .bottomlang, .lang-toggle, #comments_section",
         labels=".note > h3, .warning > h3, .example > h3"),
)
# fmt: on
