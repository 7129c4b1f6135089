import ipaddress

import pytest

from vrom.errors import TransferError
from vrom.network import client as network
from vrom.network.addresses import (
    is_private_host,
    is_proxied,
    normalized,
    not_public,
    origin_of,
    reaches_private,
    without_credentials,
)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_what_the_internet_cannot_reach_is_not_public(address):
    assert not_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_it_can_is(address):
    assert not not_public(ipaddress.ip_address(address))


def test_a_name_stands_for_its_addresses():
    assert reaches_private("localhost")
    assert is_private_host("localhost")
    assert is_private_host("2130706433"), "127.0.0.1 as one number"
    assert not is_private_host("name.invalid"), "a name that stands for nothing"


def test_a_name_of_both_kinds_has_the_rights_of_neither():
    one = ipaddress.ip_address("127.0.0.1")
    assert reaches_private("127.0.0.1", lambda address: address == one)
    assert not is_private_host("127.0.0.1", lambda address: address != one)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/x", "https://a.example:443/y", True),
        ("https://a.example", "http://a.example", False),
        ("https://a.example", "https://a.example:8443", False),
        ("https://a.example", "https://b.example", False),
        ("https://A.example.", "https://a.example", True),
        ("https://user:word@a.example", "https://a.example", True),
    ],
)
def test_an_origin_is_scheme_host_and_port(one, other, same):
    assert (origin_of(one) == origin_of(other)) is same


@pytest.mark.parametrize(
    "spelling",
    [
        "https://docs.example/a/b", "HTTPS://DOCS.example:443/a/b", "https://docs.example./a/./x/../b", "https://u:p@docs.example/a/b",
        "https://docs.example/%61/b", "https://docs.example/a//b", "https://docs.example/a/b#c",
    ],
)  # fmt: skip
def test_an_address_has_one_normalized_spelling(spelling):
    assert normalized(spelling) == "https://docs.example/a/b"


@pytest.mark.parametrize(
    "other",
    [
        "http://docs.example/a/b",
        "https://docs.example:8443/a/b",
        "https://docs.example/A/b",
        "https://docs.example/a/b?c",
    ],
)
def test_other_addresses_stay_others(other):
    assert normalized(other) != "https://docs.example/a/b"


def test_a_password_in_an_address_is_not_shown():
    assert without_credentials("https://user:word@a.example:8443/x?y") == "https://a.example:8443/x?y"


def test_whether_a_proxy_stands_between_is_known(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert not is_proxied("https://a.example")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "b.example")
    assert is_proxied("https://a.example")
    assert not is_proxied("https://b.example")
    assert not is_proxied("http://a.example")


def test_a_redirect_never_leaves_encryption():
    with pytest.raises(TransferError, match="not encrypted"):
        network._target("https://a.example/x", "http://a.example/x")
    assert network._target("https://a.example/x/", "../y") == "https://a.example/y"
    assert network._target("http://a.example/x", "https://b.example/") == "https://b.example/"
