"""DOCX as Markdown."""

import io
import zipfile

import pytest

from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.office.docx import read_docx

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def paragraph(text, style="", font=""):
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    run = f'<w:rPr><w:rFonts w:ascii="{font}"/></w:rPr>' if font else ""
    return f'<w:p>{properties}<w:r>{run}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def make_docx(body, entity=""):
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in (("Title", "Title"), ("Heading1", "heading 1"), ("Code", "Code Block"))
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Target="word/document.xml" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/officeDocument"/></Relationships>',
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        'relationships"><Relationship Id="r2" Target="styles.xml" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/styles"/></Relationships>',
        "word/styles.xml": f"<w:styles {NAMESPACE}>{styles}</w:styles>",
        "word/document.xml": f"{entity}<w:document {NAMESPACE}><w:body>{body}</w:body></w:document>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def read(content):
    (document,) = read_docx(content, "page.docx")
    return document


def test_headings_code_and_tables_are_found_by_style_and_font():
    cell = "<w:tc>{}</w:tc>"
    table = "".join(f"<w:tr>{''.join(cell.format(paragraph(text)) for text in row)}</w:tr>" for row in ("ab", "cd"))
    document = read(
        make_docx(
            paragraph("Larder", "Title")
            + paragraph("Usage", "Heading1")
            + paragraph("Call it:")
            + paragraph("def put():", "Code")
            + paragraph("    pass", "Code")
            + paragraph("Then:")
            + paragraph("put()", font="Courier New")
            + f"<w:tbl>{table}</w:tbl>"
        )
    )
    assert document.title == "Larder"
    assert "```\ndef put():\n    pass\n```" in document.text
    assert "```\nput()\n```" in document.text
    assert "| a | b |\n| --- | --- |\n| c | d |" in document.text


def test_words_in_a_font_of_fixed_width_are_code():
    run = paragraph("put", font="Consolas").removeprefix("<w:p>").removesuffix("</w:p>")
    assert "Call `put`" in read(make_docx(paragraph("Call ").replace("</w:p>", run + "</w:p>"))).text


def test_an_alias_bomb_ends():
    bomb = '<!DOCTYPE w [<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    with pytest.raises(UnreadableError):
        read(make_docx(paragraph("&k;"), bomb + "]>"))


@pytest.mark.parametrize("content", [b"", b"no zip", make_docx(paragraph("x"))[:400], make_docx("<w:p>")], ids=range(4))
def test_what_is_no_document_is_unreadable(content):
    with pytest.raises(UnreadableError):
        read(content)
