"""Every reader with input that is cut off, mangled, nested or none at all: it reads it, or says that it can't."""

import importlib
import random
from functools import cache

import pytest

from vrom.builder.document import Document
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.isolated import _READERS

SAMPLES = {
    "asciidoc": "= T\n:a: b\n\n== S\n\n[source,c]\n----\nx <1>\n----\n<1> y\n\n|===\n|a |b\n\n2+|c\n|===\n\n* a\n** b\n"
    "+\n"
    "====\nc\n====\n\nterm:: d\n\nifdef::a[]\n{a} `b` *c* <<d,e>> link:f[g]\nendif::[]\n",
    "docbook": "<article><title>T</title><para>a <literal>b</literal></para><table><tgroup><row><entry namest='a' "
    "morerows='2'>x</entry></row></tgroup></table><programlisting>c</programlisting></article>",
    "interface": "openapi: 3.0.0\ninfo: {title: T}\npaths:\n  /a:\n    get:\n      parameters: [{name: b, in: query}]\n"
    "      responses: {200: {content: {a/b: {schema: {allOf: [{$ref: '#/x'}], properties: {c: {type: string}}}}}}}\n",
    "manual": ".TH A 1\n.SH NAME\na \\- b\n.TP\n.B c\n\\fId\\fP\n.RS\n.nf\ne\n.fi\n.RE\n.TS\nl l.\na\tb\n.TE\n",
    "org": "#+TITLE: T\n* A\n- b :: c\n  - d\n| a | b |\n#+begin_src c\nx\n#+end_src\n[[a][b]] *c* =d=\n",
    "pod": "=head1 NAME\n\na - C<b>\n\n=over\n\n=item c\n\nd B<< e >>\n\n=back\n\n  code\n\n=cut\n",
    "r": "\\name{a}\\title{b}\\usage{a(b)}\\arguments{\\item{b}{c \\code{d}}}\\details{\\itemize{\\item e}}",
    "texinfo": "@settitle T\n@chapter A\n@table @code\n@item b\nc @var{d}\n@end table\n@example\nx @{\n@end example\n"
    "@deffn Function f (x)\ny\n@end deffn\n@multitable\n@item a @tab b\n@end multitable\n",
}

PIECES = ["", "\0", "\n", "{", "}", "[", "]", "\\", "|", "`", "é", "\ue000", "9" * 30]


@cache
def reader(kind):
    module, _, function = _READERS[kind].partition(":")
    return getattr(importlib.import_module(f"vrom.builder.sources.{module}"), function)


def read(kind, text):
    """Read a text as a kind; any exception but `UnreadableError` fails the test."""
    try:
        for document in reader(kind)(text, "a"):
            assert isinstance(document, Document)
            assert document.title
            document.text.encode()
    except UnreadableError:
        return False
    return True


def test_every_text_format_has_a_sample():
    assert set(_READERS) - {"html", "notebook", "rst", "pdf", "docx"} == set(SAMPLES)
    assert all(read(kind, text) for kind, text in SAMPLES.items())


@pytest.mark.parametrize("kind", SAMPLES)
def test_cut_off_at_any_place(kind):
    text = SAMPLES[kind]
    for end in range(0, len(text), 3):
        read(kind, text[:end])


@pytest.mark.parametrize("kind", SAMPLES)
def test_mangled(kind):
    chance = random.Random(kind)
    for _ in range(60):
        letters = list(SAMPLES[kind])
        for _ in range(chance.randrange(1, 12)):
            at = chance.randrange(len(letters))
            letters[at : at + chance.randrange(3)] = chance.choice(
                ["", "\0", "\n", "{", "}", "[", "]", "\\", "|", "`", "é", "\ue000", "9" * 30]
            )
        read(kind, "".join(letters))


DEEP = {
    "asciidoc": [
        "\n".join("=" * (4 + n) for n in range(300)),
        "\n".join("*" * (n % 6 + 1) + " a" for n in range(3_000)),
        "`+" * 3_000,
        "[[" * 3_000,
        "*a " * 5_000,
        "a::\n" * 3_000,
        "|===\n" + "99*|x " * 300,
        "include::a[]\n" * 500,
        "{a" * 5_000,
        "[" + "a=[b]," * 400 + "]",
    ],
    "docbook": ["<article>" * 3_000, "<article><para>" + "<emphasis>" * 150 + "x" + "</emphasis>" * 150],
    "interface": [
        "openapi: " + "{a: " * 900,
        "swagger: 2.0\npaths: [1, 2]\ninfo: x",
        "openapi: 3.0.0\npaths: {/a: {get: 3}}",
        "openapi: 3.0.0\nservers: x\ntags: 3\ncomponents: [1]",
        "asyncapi: 2.0.0\nchannels: {a: {publish: {message: 3}}}",
    ],
    "manual": [
        ".TH A 1\n" + ".RS\n.TP\na\n" * 500,
        ".TH A 1\n" + "\\fB" * 5_000,
        ".TH A 1\n.if n \\{\n" * 300,
        ".Dd x\n" + ".Bl -tag\n.It a\n" * 300,
        ".Dd x\n.Op " + "Op " * 500,
        ".TH A 1\n.TS\n" + "T{\n" * 500,
    ],
    "org": ["\n".join(" " * n + "- a" for n in range(200)), "#+begin_quote\n" * 300, "*a " * 5_000, "[[" * 5_000],
    "pod": ["=over\n\n=item a\n\n" * 300, "=pod\n\n" + "B<" * 3_000, "=pod\n\nE<999999999> E<0xFFFFFFFF> E<x>"],
    "r": ["\\title{" + "{" * 3_000, "\\title{a}\\details{" + "\\item" * 3_000, "\\name{" + "\\if" * 900],
    "texinfo": [
        "@table\n@item a\n" * 200,
        "a @b{" * 2_000,
        "@quotation\n" * 400,
        "@deffn\n" * 300,
        "@U{FFFFFFFF}@U{D800}",
    ],
}


@pytest.mark.parametrize(("kind", "number"), [(kind, number) for kind in DEEP for number in range(len(DEEP[kind]))])
@pytest.mark.timeout(20)
def test_nested_and_repeated(kind, number):
    read(kind, DEEP[kind][number])
