"""DocBook as Markdown."""

import pytest

from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.markup.docbook.kind import is_docbook
from vrom.builder.sources.formats.markup.docbook.read import read_docbook

CHAPTER = """<?xml version="1.0"?>
<!DOCTYPE chapter PUBLIC "-//OASIS//DTD DocBook XML V4.5//EN" "http://x.org/docbookx.dtd" [
<!ENTITY product "Larder">
<!ENTITY notes SYSTEM "notes.xml">
]>
<chapter id="c"><title>Using &product;</title>
<para>See <xref linkend="s"/>, <acronym>TTL</acronym> and <literal>put &lt;a&gt;</literal>.</para>
&notes;
<section id="s"><title>Keeping &mdash; things</title>
<programlisting language="java"><![CDATA[
if (a < b) {
    put();
}]]></programlisting>
<note><title>Mind</title><para>It ends.</para><screen>$ ls</screen></note>
<variablelist><varlistentry><term>ttl</term><listitem><para>How long.</para></listitem></varlistentry></variablelist>
<itemizedlist><listitem><para>one</para></listitem><listitem><para>two</para></listitem></itemizedlist>
<table><title>All</title><tgroup cols="2"><thead><row><entry>Name</entry><entry>Use</entry></row></thead>
<tbody><row><entry morerows="1">a</entry><entry>b</entry></row><row><entry>c</entry></row></tbody></tgroup></table>
</section></chapter>"""

REFERENCE = """<refentry xmlns="http://docbook.org/ns/docbook" xmlns:xlink="http://www.w3.org/1999/xlink">
<refmeta><refentrytitle>larder</refentrytitle><manvolnum>1</manvolnum></refmeta>
<refnamediv><refname>larder</refname><refpurpose>keeps things</refpurpose></refnamediv>
<refsynopsisdiv><cmdsynopsis><command>larder</command>
<arg>-v</arg><arg choice="req" rep="repeat">KEY</arg></cmdsynopsis>
</refsynopsisdiv><refsect1><title>Options</title><para><link xlink:href="https://x.org">site</link></para></refsect1>
</refentry>"""


def read(text):
    (document,) = read_docbook(text, "book.xml")
    return document


def test_a_chapter_comes_out_whole():
    document = read(CHAPTER)
    assert document.title == "Using Larder"
    assert document.text == (
        "# Using Larder\n\nSee Keeping — things, TTL and `put <a>`.\n\nnotes\n\n## Keeping — things\n\n"
        "```java\nif (a < b) {\n    put();\n}\n```\n\n> **Note: Mind**\n>\n> It ends.\n>\n> ```\n> $ ls\n> ```\n\n"
        "- **ttl**: How long.\n\n- one\n- two\n\n**All**\n\n"
        "| Name | Use |\n| --- | --- |\n| a | b |\n| a | c |\n"
    )


def test_a_file_that_an_entity_stands_for_is_named_not_read():
    assert [remark.example for remark in read(CHAPTER).remarks] == ["&notes;"]


def test_a_reference_page_has_its_name_and_synopsis():
    text = read(REFERENCE).text
    assert text.startswith("# larder\n\n`larder` — keeps things\n\n## Synopsis\n\n```\nlarder [-v] {KEY}...\n```")
    assert "## Options\n\n[site](https://x.org)" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CHAPTER, True),
        (REFERENCE, True),
        ("<article><title>x</title></article>", True),
        ('<?xml version="1.0"?><!-- x --><book><title>x</title></book>', True),
        ("<project><title>x</title></project>", False),
        ('<article xmlns="http://www.w3.org/1999/xhtml"><title>x</title></article>', False),
        ("<!DOCTYPE html><html></html>", False),
        ("text", False),
    ],
)
def test_docbook_is_recognised_by_its_root(text, expected):
    assert is_docbook(text) is expected


def test_entities_reach_no_file_and_do_not_explode(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    outside = f'<!DOCTYPE article [<!ENTITY x SYSTEM "file://{secret}">]><article><para>a &x; b</para></article>'
    assert "SECRET" not in read(outside).text
    bomb = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    text = f'<!DOCTYPE article [<!ENTITY e0 "lol">{bomb}]><article><para>&e9;</para></article>'
    assert len(read(text).text) < 1_000


@pytest.mark.parametrize("text", ["", "no xml", "<a></a>", "<article>" + "<section>" * 5_000])
def test_what_has_no_text_or_is_too_deep_is_unreadable(text):
    with pytest.raises(UnreadableError):
        read(text)


def test_xml_that_is_cut_off_is_read_as_far_as_it_goes():
    assert "how it ends" in read("<article><title>T</title><para>This is how it ends").text
