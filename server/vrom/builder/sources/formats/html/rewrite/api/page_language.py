"""The programming language of the pages that a generator of API documentation made."""

from vrom.builder.sources.formats.html.tree import Element

_BY_GENERATOR = {
    "rustdoc": "rust",
    "javadoc": "java",
    "doxygen": "cpp",
    "typedoc": "typescript",
    "jsdoc": "javascript",
    "exdoc": "elixir",
    "pdoc": "python",
    "pkgdown": "r",
    "yard": "ruby",
    "rdoc": "ruby",
    "scaladoc": "scala",
    "scala": "scala",
    "dokka": "kotlin",
    "haddock": "haskell",
    "documenter": "julia",
    "sphinx": "python",
    "pdoc3": "python",
    "godoc": "go",
}


def find_page_language(tree: Element, body: Element) -> str:
    """The language of a page's signatures, from the generator that it names or shows; empty if unknown."""
    generator = next(
        (
            element.attribute("content").lower()
            for element in tree.walk()
            if element.tag == "meta" and element.attribute("name").lower() == "generator"
        ),
        "",
    )
    if found := next((language for name, language in _BY_GENERATOR.items() if generator.startswith(name)), ""):
        return found
    if body.has_class("rustdoc"):
        return "rust"
    if any(
        name.startswith(("class-declaration", "package-declaration", "module-declaration")) for name in body.classes
    ):
        return "java"
    marks = (
        (("member-signature", "blockList", "contentContainer"), "java"),
        (("tsd-signature", "tsd-panel"), "typescript"),
        (("memproto", "memitem"), "cpp"),
        (("code-header",), "rust"),
        (("method_details", "summary_signature"), "ruby"),
        (("detail-header",), "elixir"),
        (("signature-attributes", "type-signature"), "javascript"),
    )
    classes = {name for element in body.walk() for name in element.classes}
    return next((language for names, language in marks if not classes.isdisjoint(names)), "")
