"""Read descriptions of interfaces: OpenAPI and AsyncAPI, in YAML or JSON."""

from collections.abc import Iterator

from vrom.builder.document import Document, Remark
from vrom.builder.sources.code.interfaces.asyncapi import AsyncApiWriter
from vrom.builder.sources.code.interfaces.load import References, load
from vrom.builder.sources.code.interfaces.openapi import OpenApiWriter
from vrom.builder.sources.formats.encodings.decode import UnreadableError
from vrom.builder.sources.formats.titles import make_titled_document


def read_interface(text: str, name: str) -> Iterator[Document]:
    """Read an OpenAPI or AsyncAPI description. Raises `UnreadableError` if it is neither."""
    document = load(text)
    references = References(document)
    if "asyncapi" in document:
        blocks = AsyncApiWriter(document, references).blocks()
    elif "openapi" in document or "swagger" in document:
        blocks = OpenApiWriter(document, references).blocks()
    else:
        raise UnreadableError("neither OpenAPI nor AsyncAPI")
    found = make_titled_document(name, "\n\n".join(blocks) + "\n")
    remarks = [
        Remark("reference to another file not followed", f"$ref: {file}", lost=True) for file in references.elsewhere
    ]
    yield Document(name, found.text, found.title, parsed=found.parsed, remarks=tuple(remarks))
