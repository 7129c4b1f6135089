"""The encoding that a file declares."""

import pytest

from vrom.builder.sources.formats.encodings.declared import find_declared_encoding, normalize_encoding


@pytest.mark.parametrize(
    "content",
    [
        b'<!doctype html><html><head><meta charset="koi8-r">',
        b"<html><head><title>x</title>\n<META http-equiv=Content-Type content='text/html; charset=koi8-r'>",
        b'<?xml version="1.0" encoding="KOI8-R"?><html>',
        b".. -*- coding: koi8-r -*-\n\nTitle\n=====\n",
        b"#!/bin/sh\n# -*- mode: sh; coding: koi8-r-unix -*-\n",
        b"% vim: set fileencoding=koi8-r :\n",
        b"= Title\n:toc:\n:encoding: koi8-r\n",
        b"\\input texinfo\n@documentencoding KOI8-R\n",
        b"\\encoding{koi8-r}\n\\name{x}",
        b"=pod\n\n=encoding koi8-r\n",
        b"Text.\n" * 5000 + b".. Local Variables:\n   mode: rst\n   coding: koi8-r\n   End:\n",
    ],
)
def test_each_form_is_known(content):
    assert find_declared_encoding(content) == "koi8-r"


@pytest.mark.parametrize(
    "content",
    [b"Text.\n\nUse coding: koi8-r here.\n", b"<p>charset=koi8-r", b"<meta charset=nothing>", b"# coding: rot13"],
)
def test_other_mentions_declare_nothing(content):
    assert find_declared_encoding(content) == ""


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ISO-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ("GB2312", "gb18030"),
        ("Shift_JIS", "cp932"),
        ("x-sjis", "cp932"),
        ("windows-1251", "cp1251"),
        ('"utf8"', "utf-8"),
        ("utf-16", ""),
        ("utf-7", ""),
        ("../../etc", ""),
        ("hex", ""),
        ("x" * 1000, ""),
    ],
)
def test_a_name_means_what_browsers_take_it_for(name, meant):
    assert normalize_encoding(name) == meant
