"""Names and texts of what isn't a page's own text, of many generators."""

import re

CLASSES = {
    # permalinks
    "headerlink", "hash-link", "header-anchor", "heading-anchor", "anchorjs-link", "permalink", "direct-link",
    "anchor-link", "heading-link", "sl-anchor-link", "footnote-backref", "footnote-back", "doc-anchor",
    "tsd-anchor-icon", "permalink-headerlink", "subheading-anchor", "detail-link", "self-link", "selflink",
    # buttons
    "copybtn", "copy-button", "copy-btn", "btn-clipboard", "zeroclipboard-container", "md-clipboard", "copy-code",
    "test-arrow", "buttons", "btn-toolbar", "code-toolbar-button", "view-source-button", "copy", "sphinx-bs-copy",
    # line numbers beside code
    "linenos", "linenodiv", "line-numbers-wrapper", "lineno", "line-numbers-rows", "gutter", "rouge-gutter",
    "hljs-ln-numbers", "blob-num", "lnt", "lnum",
    # links to the source of a page or an object
    "edit-this-page", "theme-edit-this-page", "edit-page", "edit-link", "edit-page-link", "md-source-file",
    "md-source", "md-content__button", "viewcode-link", "viewcode-back", "srclink", "src-link", "source-link",
    "view-source", "rightside", "out-of-band", "view_source", "wiki-edit", "toc-toggle",
    "mw-editsection", "edit-this-page-link", "edit-on-github", "view-on-github", "improve-page", "last-updated",
    "theme-last-updated", "git-revision-date", "git-revision-date-localized-plugin", "page-last-modified",
    "tsd-sources", "showSource", "inheritanceTree",
    # what leads elsewhere
    "breadcrumb", "breadcrumbs", "wy-breadcrumbs", "bd-breadcrumbs", "navbar", "pagination", "pagination-nav",
    "pager", "prev-next", "prevnext", "prev-next-area", "prev-next-footer", "navheader", "navfooter", "page-nav",
    "pagenav", "nav-buttons", "nav-chapters", "nav-wrapper", "mobile-nav-chapters", "rst-footer-buttons", "related",
    "related-pages", "sphinxsidebar", "wy-nav-side", "rst-versions", "navigation", "navigation-top", "navpath",
    "nav-path", "tabs-overview", "topNav", "bottomNav", "subNav", "skipNav", "skip-nav", "skip-link",
    "skip-to-content", "skiplink", "menu-bar", "md-footer", "md-header", "md-sidebar", "page-footer",
    "page-header-nav", "sidebar-nav", "sidebar-wrapper", "site-header", "site-footer", "site-nav", "global-nav",
    "legalCopy", "breadcrumb-nav", "navigationbar", "qt-nav", "bodynavigation", "pagelinks", "site-navigation",
    "header-nav", "topbar", "top-nav", "footer-nav", "jump-links", "col-sidebar", "tsd-navigation", "tsd-page-toolbar",
    "article-header-buttons", "header-article", "dropdown-download-buttons",
    # contents of the page
    "toc", "table-of-contents", "toctree-wrapper", "on-this-page", "page-toc", "theme-doc-toc-mobile", "sidebar-toc",
    "localtoc", "local-toc", "tocbox", "toc-container", "mobile-toc", "bd-toc", "doc-toc", "right-toc", "in-page-nav",
    "sidebar-toc-wrapper", "contents-link",
    # what asks the reader
    "feedback", "page-feedback", "feedback-widget", "md-feedback", "was-this-helpful", "helpful", "page-rating",
    "rating", "cookie-banner", "cookie-consent", "cookie-notice", "cookies", "newsletter", "sharing", "share-buttons",
    "version-switcher__container", "version-switcher", "version-picker", "version-selector",
    "theme-doc-version-badge", "theme-doc-version-banner", "versionwarning", "announcement", "carbonads",
    "ethical-ads", "language-selector", "theme-doc-breadcrumbs", "theme-doc-footer", "page-actions", "page-tools",
    "search-box", "searchbox",
    # for screen readers only, beside an icon that says the same
    "visually-hidden", "sr-only", "screen-reader-text", "visuallyhidden",
}  # fmt: skip
IDS = {
    "toc", "table-of-contents", "side-nav", "nav-path", "nav-sync", "MSearchSelectWindow", "MSearchResultsWindow",
    "breadcrumbs", "sidebar", "navbar", "menu-bar", "sidebar-content", "cookie-banner", "feedback", "navigation",
    "mdbook-menu-bar", "mdbook-sidebar", "TOC", "quarto-margin-sidebar", "quarto-sidebar", "top-nav", "bottom-nav",
    "copy-path", "rustdoc-toolbar", "toggle-all-docs", "all-versions", "qds-toolbar", "search-container",
    "table-of-content", "footer-nav",
}  # fmt: skip
WORD_PARTS = re.compile(
    r"(?:^|[-_])(?:breadcrumbs?|pagination|prev-?next|edit-?(?:this-?)?page|edit-?on-?github|copy-?(?:btn|button|code)|"
    r"feedback|cookie-?(?:banner|consent|notice)|skip-(?:link|nav|to)|table-of-contents|toc-?mobile|last-?updated|"
    r"was-?this-?helpful|page-?toc|pagelevel|version-?(?:picker|selector|switcher|dropdown|badge)|read-?time)"
    r"(?:$|[-_])",
    re.IGNORECASE,
)
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
PROSE = 250
"""Characters of text outside links from which an element is kept, whatever its name."""

OF_NO_USE = re.compile(
    r"(?:(?:edit|improve|suggest (?:edits|changes)|view|show|open|see)\b.{0,12}\b(?:this |page |the )*"
    r"(?:page|source|on github|on gitlab|in github|changes|edit)|edit(?: me)?|view (?:page )?(?:source|history)|"
    r"report (?:an? )?(?:issue|bug|content)s?.{0,30}|"
    r"copy(?: (?:code|page|link|to clipboard|item path|as markdown))?|copied!?|"
    r"(?:(?:scroll|go|return) )?(?:back )?to (?:the )?top|skip to (?:main )?content.?|"
    r"on this page|in this (?:page|article)|"
    r"prev(?:ious)?(?: page)?|next(?: page)?|home|up|"
    r"was this (?:page|article|helpful|section|information).{0,60}|is this page (?:helpful|useful).{0,60}|"
    r"did this page help.{0,40}|rate this page.{0,40}|give feedback.{0,30}|"
    r"last (?:updated|modified|edited|change)\b.{0,60}|expand (?:description|all|code)|collapse(?: all)?|"
    r"toggle (?:navigation|menu|sidebar|table of contents|light / dark.{0,40})|"
    r"open in (?:playground|new tab|colab).{0,20}|"
    r"run(?: this code| code| ▶)?|try it(?: out| yourself| online)?[ »]*|share(?: this page)?|print(?: this page)?|"
    r"download (?:pdf|epub)|show source|view page source|show (?:more|less)|accept(?: all)?(?: cookies)?|"
    r"[▶▼►◀«»‹›←→↑↩✎📋🔗#¶§⧉⎘]+)",
    re.IGNORECASE,
)
"""Texts that, as a whole link or button-like element, are the site's and not the author's."""
