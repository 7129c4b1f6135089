"""PDF as Markdown."""

import pytest

from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.office.pdf.read import read_pdf


def make_pdf(pages, extra=b""):
    """A PDF of pages, each a list of `(font, size, x, y, text)`; F1 is Helvetica, F2 its bold face, F3 Courier."""
    fonts = "".join(
        f"/F{number} << /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >> "
        for number, name in enumerate(("Helvetica", "Helvetica-Bold", "Courier"), 1)
    )
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(len(pages)))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>"]
    for number, lines in enumerate(pages):
        text = "\n".join(f"BT /{font} {size} Tf {x} {y} Td ({line}) Tj ET" for font, size, x, y, line in lines)
        stream = text + "\n" + extra.decode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << {fonts} >> >> "
            f"/Contents {4 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body, offsets = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{one}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return body + end.encode() + trailer.encode()


PAGE = [
    ("F2", 20, 72, 700, "Larder"),
    ("F1", 10, 72, 670, "Everything that is kept has a time after which it is re-"),
    ("F1", 10, 72, 658, "moved, and the longest ones come first of all."),
    ("F2", 14, 72, 630, "Usage"),
    ("F3", 9, 72, 610, "def put\\(key\\):"),
    ("F3", 9, 93.6, 599, "return key"),
    ("F1", 10, 72, 570, "That was all of it, so there is nothing more to say."),
]


def read(content):
    (document,) = read_pdf(content, "book.pdf")
    return document


def test_headings_paragraphs_and_code_are_found_and_pages_recorded():
    document = read(make_pdf([PAGE]))
    assert document.title == "Larder"
    assert document.text == (
        "# Larder\n\n*(page 1)*\n\n"
        "Everything that is kept has a time after which it is removed, and the longest ones come first of all.\n\n"
        "## Usage\n\n*(page 1)*\n\n```\ndef put(key):\n    return key\n```\n\n"
        "That was all of it, so there is nothing more to say.\n"
    )


def test_headers_and_page_numbers_go_and_are_counted():
    pages = [
        [("F1", 8, 72, 770, "Larder Manual"), ("F1", 10, 72, 600, f"Words of page {word}, one after another."),
         ("F1", 8, 290, 30, str(number))]
        for number, word in enumerate(("one", "two", "three", "four"), 1)
    ]  # fmt: skip
    document = read(make_pdf(pages))
    assert "Larder Manual" not in document.text
    assert all(word in document.text for word in ("one", "two", "three", "four"))
    assert [remark.example for remark in document.remarks] == ["8 lines"]


def test_a_table_with_rules_is_a_table():
    rules = "".join(f"{x} 500 m {x} 560 l S\n" for x in (72, 200, 330)) + "".join(
        f"72 {y} m 330 {y} l S\n" for y in (500, 530, 560)
    )
    cells = [("F1", 10, 80, 540, "Name"), ("F1", 10, 210, 540, "Use"), ("F1", 10, 80, 510, "ttl"),
             ("F1", 10, 210, 510, "how long")]  # fmt: skip
    text = read(make_pdf([[("F1", 10, 72, 700, "These are the settings of it."), *cells]], rules.encode())).text
    assert "| Name | Use |\n| --- | --- |\n| ttl | how long |" in text
    assert text.count("how long") == 1


def test_a_page_without_text_is_unreadable():
    with pytest.raises(UnreadableError, match="scanned"):
        read(make_pdf([[]]))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4\n", b"no pdf at all", make_pdf([PAGE])[:300]], ids=range(4))
def test_what_is_no_pdf_is_unreadable(content):
    with pytest.raises(UnreadableError):
        read(content)
