import pytest

from vrom.builder.sources.code.python.annotated_doc import split_doc


@pytest.mark.parametrize(
    ("annotation", "bare", "doc"),
    [
        ("Annotated[int, Doc('Seconds.')]", "int", "Seconds."),
        ("typing.Annotated[int, Gt(0), typing_extensions.Doc('Seconds.')]", "typing.Annotated[int, Gt(0)]", "Seconds."),
        ("Annotated[str | None, Doc('''\n    A name.\n\n    Not empty.\n''')]", "str | None", "A name.\n\nNot empty."),
        ("Annotated[int, Doc(TEXT)]", "Annotated[int, Doc(TEXT)]", ""),
        ("Annotated[int, Gt(0)]", "Annotated[int, Gt(0)]", ""),
        ("dict[str, int]", "dict[str, int]", ""),
        ("not python (", "not python (", ""),
        ("(" * 10_000, "(" * 10_000, ""),
    ],
)
def test_the_text_is_taken_out_of_the_annotation(annotation, bare, doc):
    assert split_doc(annotation) == (bare, doc)
