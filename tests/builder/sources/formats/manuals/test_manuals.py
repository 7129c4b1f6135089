"""Texinfo, POD and R's help pages as Markdown."""

import pytest

from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.manuals.pod import is_pod, read_pod
from vrom.builder.sources.formats.manuals.r_documentation import read_r_documentation
from vrom.builder.sources.formats.manuals.texinfo.read import read_texinfo

HELP = r"""% a comment
\name{store}\alias{store}\alias{keep}
\title{Store a Value}
\description{
  Keeps 100\% of \code{\link[base]{list}}s, see \url{https://x.org}.

  Second part.
}
\usage{
store(key, \dots)

\method{store}{default}(key, ttl = 300)
}
\arguments{
  \item{key}{The name:
    \itemize{
      \item one
      \item two
    }}
  \item{\dots}{More.}
}
\value{A list with \item{a}{first}}
\section{Careful}{It \emph{ends}.}
\examples{
f <- function(a) { if (a > 1) "x\\n" }
\dontrun{
store("b")
}
}
\keyword{misc}
"""


def read(reader, text):
    (document,) = reader(text, "x")
    return document


def test_a_help_page_of_r_comes_out_whole():
    document = read(read_r_documentation, HELP)
    assert document.title == "store: Store a Value"
    assert document.text == (
        "# store: Store a Value\n\nAlso: `keep`\n\nKeeps 100% of `list`s, see <https://x.org>.\n\nSecond part.\n\n"
        "## Usage\n\n```r\nstore(key, ...)\n\n## S3 method for class 'default'\nstore(key, ttl = 300)\n```\n\n"
        "## Arguments\n\n- `key`: The name:\n  - one\n  - two\n- `...`: More.\n\n"
        "## Value\n\nA list with\n\n- `a`: first\n\n## Careful\n\nIt *ends*.\n\n"
        '## Examples\n\n```r\nf <- function(a) { if (a > 1) "x\\n" }\n\nstore("b")\n```\n'
    )


def test_other_text_is_no_help_page():
    with pytest.raises(UnreadableError):
        read(read_r_documentation, "some text")
    with pytest.raises(UnreadableError, match="levels"):
        read(read_r_documentation, r"\name{x}\title{y}\details{" + r"\emph{" * 5_000)


POD = """package Larder;
sub put { 1 }

=head1 NAME

Larder - keeps things

=head2 put(KEY)

Stores C<< $a->{b} >>, see L<the site|https://x.org>, L<Other/"part"> and B<E<lt>thisE<gt>>.

    put(1);

    put(2);

=over 4

=item * one

=item C<ttl>

How long.

=back

=begin html

<b>no</b>

=end html

=cut

sub hidden { 1 }
"""


def test_pod_is_found_between_code():
    document = read(read_pod, POD)
    assert document.title == "Larder - keeps things"
    assert document.text == (
        "# Larder - keeps things\n\n## NAME\n\nLarder - keeps things\n\n### put(KEY)\n\n"
        "Stores `$a->{b}`, see [the site](https://x.org), part in Other and **<this>**.\n\n"
        "```\nput(1);\n\nput(2);\n```\n\n- one\n- `ttl`: How long.\n"
    )
    assert is_pod(POD)
    assert not is_pod("sub a { 1 }\n")


def test_code_without_pod_is_unreadable():
    with pytest.raises(UnreadableError, match="no POD"):
        read(read_pod, "sub a { 1 }\n")


TEXINFO = r"""\input texinfo
@settitle Larder Manual
@set V 3.1
@node Top
@top Larder
Version @value{V}, see @ref{Keys,,All Keys}.
@c a comment
@menu
* Keys::
@end menu
@chapter Keys @code{put}
@cindex keys
@example
put (@var{key}) @{ 1 @}
@end example

@table @code
@item ttl
@itemx time
How long.
@item max
How many.
@end table

@itemize @bullet
@item one
@item two
@end itemize

@deftypefun int put (char *@var{key})
Stores @strong{it}.
@end deftypefun

@multitable {a} {b}
@headitem Name @tab Use
@item a @tab b
@end multitable

@ifset NOT
hidden
@end ifset
@tex
hidden
@end tex
@quotation Note
Mind.
@end quotation
@include other.texi
@bye
after
"""


def test_texinfo_comes_out_whole():
    document = read(read_texinfo, TEXINFO)
    assert document.title == "Larder Manual"
    assert document.text == (
        "# Larder\n\nVersion 3.1, see All Keys.\n\n## Keys `put`\n\n```\nput (key) { 1 }\n```\n\n"
        "- `ttl`, `time`: How long.\n- `max`: How many.\n\n- one\n- two\n\n"
        "###### put\n\n```\nint put (char *key)\n```\n\nStores **it**.\n\n"
        "| Name | Use |\n| --- | --- |\n| a | b |\n\n> **Note:**\n>\n> Mind.\n"
    )
    assert [remark.example for remark in document.remarks] == ["@include other.texi"]


def test_commands_alone_are_unreadable():
    with pytest.raises(UnreadableError):
        read(read_texinfo, "@c nothing\n@node x\n")
