"""Milvus alone."""

import pytest


@pytest.fixture
def engine():
    return "milvus"


@pytest.fixture
def client(writer):
    """The client that loads."""
    return writer.connection
