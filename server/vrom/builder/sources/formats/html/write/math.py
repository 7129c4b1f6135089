"""Formulas as TeX, each once, of MathJax, KaTeX and MathML."""

from vrom.builder.sources.formats.html.tree import Element, squeeze


def read_math(element: Element) -> str | None:
    """The TeX of an element that shows a formula, between dollar signs; None for other elements."""
    if element.tag == "script":
        is_display = "display" in element.attribute("type")
        return _write(element.text(), is_display=is_display)
    if element.has_class("MathJax_Preview", "MathJax", "MathJax_Display", "MathJax_SVG", "MathJax_CHTML"):
        return ""
    if element.tag != "math" and not element.has_class("katex", "katex-display", "mwe-math-element"):
        return "" if element.has_class("katex-html") else None
    formula = element if element.tag == "math" else element.find_tag("math")
    if formula is None:
        return None
    source = formula.find(lambda inner: inner.tag == "annotation" and "tex" in inner.attribute("encoding").lower())
    tex = source.text() if source is not None else formula.attribute("alttext")
    if not tex:
        return squeeze(formula.text())
    return _write(tex, is_display=formula.attribute("display") == "block" or element.has_class("katex-display"))


def _write(tex: str, *, is_display: bool) -> str:
    text = squeeze(tex)
    if not text:
        return ""
    return f"$${text}$$" if is_display else f"${text}$"
