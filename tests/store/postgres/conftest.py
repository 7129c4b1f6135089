"""PostgreSQL alone."""

import pytest


@pytest.fixture
def engine():
    return "postgres"


@pytest.fixture
def connection(writer):
    """The connection that loads."""
    return writer.connection
