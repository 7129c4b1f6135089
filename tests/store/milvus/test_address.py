"""Addresses of Milvus databases."""

import pytest

from vrom.errors import InvalidArgumentError
from vrom.store.milvus.address import Address, checked_url, read_address


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("milvus://db", Address("http://db:19530", "default", "")),
        ("milvus://db:99/docs", Address("http://db:99", "docs", "")),
        ("MILVUS://[::1]/docs/", Address("http://[::1]:19530", "docs", "")),
        ("milvus+tls://me:a%2Fb%40c@db/docs", Address("https://db:19530", "docs", "me:a/b@c")),
        ("milvus+tls://key@db", Address("https://db:19530", "default", "key")),
    ],
)
def test_an_address_has_a_host_a_database_and_credentials(url, expected):
    assert read_address(url) == expected
    assert checked_url(url, is_argument=False) == url


@pytest.mark.parametrize(
    "url",
    ["milvus:", "milvus:///docs", "milvus://db:port", "milvus://db:70000", "milvus://db/a/b", "milvus://db?x=hunter2",
     "http://db", "milvus://[::1", "milvus+ssh://db"],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_repeating_it(url):
    with pytest.raises(InvalidArgumentError, match="milvus://HOST:PORT/DATABASE") as refused:
        read_address(url)
    assert "hunter2" not in str(refused.value)


def test_credentials_are_not_shown():
    assert "hunter2" not in repr(read_address("milvus://me:hunter2@db"))
