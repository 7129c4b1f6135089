"""Manual pages as Markdown."""

import pytest

from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.manuals.man.read import is_manual, read_manual


def read(text, name="put.3"):
    (document,) = read_manual(text, name)
    return document


def body(text):
    return read(f'.TH PUT 3 "2024-01-01"\n{text}').text.removeprefix("# put(3)\n\n").strip()


def test_a_page_has_its_title_sections_and_signature_as_code():
    document = read(
        '.\\" comment\n.TH PUT 3\n.SH NAME\nput, get \\- store\n.SH SYNOPSIS\n.nf\n.B #include <larder.h>\n.PP\n'
        '.BI "int put(const char *" key );\n.fi\n.SH "RETURN VALUE"\nZero.\n'
    )
    assert document.title == "put(3)"
    assert document.text == (
        "# put(3)\n\n## NAME\n\nput, get - store\n\n## SYNOPSIS\n\n"
        "```c\n#include <larder.h>\n\nint put(const char *key);\n```\n\n## RETURN VALUE\n\nZero.\n"
    )


def test_a_synopsis_without_kept_lines_is_code_as_well():
    assert body('.SH SYNOPSIS\n.B int a(void);\n.BI "int b(char *" x ");"\n') == (
        "## SYNOPSIS\n\n```c\nint a(void);\nint b(char *x);\n```"
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (".TP\n.BR \\-a \", \" \\-\\-all\nAll.\n.TP\n.B \\-b\nMore.", "- **-a**, **--all**: All.\n- **-b**: More."),
        (".IP \\(bu 2\none\n.IP \\(bu\ntwo", "- one\n- two"),
        (".IP 1. 4\none\n.IP 2.\ntwo", "1. one\n2. two"),
        (".TP\na\none\n.RS\n.TP\nb\ntwo\n.RE\n.PP\nrest", "- **a**: one\n  - **b**: two\n\nrest"),
        (".PP\n\\-n, \\-\\-dry\n.RS 4\nNothing.\n.RE\n.PP\nEnd.", "- **-n, --dry**: Nothing.\n\nEnd."),
        (".EX\n  a  b\n\\fBc\\fP\n.EE", "```\n  a  b\nc\n```"),
        ("The \\fIkey\\fP is \\fBbold\\fR\\(em\\(lqhere\\(rq.", "The *key* is **bold**—“here”."),
        ("a\n.br\nb\n.sp\nc", "a  \nb\n\nc"),
        (".if t ignored\n.ie n shown\n.el hidden", "shown"),
        (".de XX\nhidden\n..\nshown", "shown"),
        ("A<b> \\*(Aq \\[u2014] \\e", "A\\<b> ' — \\"),
        (".TS\nlb l.\nName\tUse\na\tb\n.TE", "| Name | Use |\n| --- | --- |\n| a | b |"),
        (".TS\ntab(;);\nl l.\na;T{\nlong\ntext\nT}\n.TE", "|  |  |\n| --- | --- |\n| a | long text |"),
        (".MR ls 1 .", "**ls**(1)."),
    ],
)  # fmt: skip
def test_macros_and_escapes(source, expected):
    assert body(f".SH X\n{source}").removeprefix("## X\n\n") == expected


def test_pages_of_bsd_are_read():
    text = read(
        ".Dd May 1, 2024\n.Dt PUT 1\n.Os\n.Sh NAME\n.Nm put\n.Nd store a value\n.Sh SYNOPSIS\n.Nm\n.Op Fl av\n"
        ".Op Fl t Ar secs\n.Ar\n.Sh OPTIONS\n.Bl -tag -width x\n.It Fl a , Fl -all\nUses\n.Xr ls 1 .\n"
        ".It Fl t Ar secs\nWaits.\n.El\n.Bd -literal\nput  a\n.Ed\n.Ex -std\n",
        "put.1",
    ).text
    assert text == (
        "# put(1)\n\n## NAME\n\n**put** — store a value\n\n## SYNOPSIS\n\n```\nput [-av] [-t secs] file ...\n```\n\n"
        "## OPTIONS\n\n- **-a**, **--all**: Uses ls(1).\n- **-t** *secs*: Waits.\n\n```\nput  a\n```\n\n"
        "The put utility exits 0 on success, and >0 if an error occurs.\n"
    )


def test_functions_of_bsd_have_their_signature():
    text = read(
        '.Dd x\n.Dt PUT 3\n.Os\n.Sh SYNOPSIS\n.In larder.h\n.Ft int\n.Fn put "const char *key" "int n"\n'
        ".Sh DESCRIPTION\nThe\n.Fn put\nfunction uses\n.In larder.h .\n"
    ).text
    assert "```c\n#include <larder.h>\nint put(const char *key, int n);\n```" in text
    assert "The **put**() function uses **\\<larder.h>**." in text


def test_pages_are_recognised_and_aliases_named():
    assert is_manual(".TH A 1\n")
    assert is_manual(".so man3/put.3\n")
    assert not is_manual("1.2.3\nA log of changes\n")
    with pytest.raises(UnreadableError, match=r"another name of man3/put\.3"):
        read(".so man3/put.3\n")
    with pytest.raises(UnreadableError, match="without text"):
        read(".TH A 1\n")
