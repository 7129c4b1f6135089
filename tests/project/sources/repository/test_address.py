"""The address of a repository, from metadata."""

import pytest

from vrom.project.sources.repository.address import find_repository, links_of_package_json


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ([("Source", "https://github.com/tea/kettle")], "https://github.com/tea/kettle"),
        ([("Source Code", "http://www.GitHub.com/tea/kettle.git")], "https://github.com/tea/kettle"),
        ([("Homepage", "https://tea.example"), ("GitHub", "https://github.com/tea/kettle/tree/main/x")],
         "https://github.com/tea/kettle"),
        ([("Homepage", "https://github.com/tea/pot"), ("Source", "https://github.com/tea/kettle")],
         "https://github.com/tea/kettle"),
        ([("Repository", "https://gitlab.com/a/b/c/-/tree/main")], "https://gitlab.com/a/b/c"),
        ([("Home-page", "https://github.com/tea/kettle#readme")], "https://github.com/tea/kettle"),
        ([("Source", "https://10.0.0.1/tea/kettle")], None),
        ([("Source", "https://github.com.evil.example/tea/kettle")], None),
        ([("Source", "https://user:secret@github.com/tea/kettle")], None),
        ([("Source", "https://github.com/sponsors/tea")], None),
        ([("Source", "https://github.com/tea/..")], None),
        ([("Source", "https://github.com/--upload-pack=x/tea")], None),
        ([("Documentation", "https://github.com/tea/kettle")], None),
        ([("Source", "ext::sh -c x")], None),
        ([("Source", "https://[")], None),
        ([], None),
    ],
)  # fmt: skip
def test_the_address_in_project_urls(links, expected):
    found = find_repository(links)
    assert (found.url if found else None) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("tea/kettle", ("https://github.com/tea/kettle", "")),
        ("gitlab:tea/kettle", ("https://gitlab.com/tea/kettle", "")),
        ("git@github.com:tea/kettle.git", ("https://github.com/tea/kettle", "")),
        ({"url": "git+ssh://git@github.com/tea/kettle.git"}, ("https://github.com/tea/kettle", "")),
        ({"url": "git://github.com/tea/kettle.git"}, ("https://github.com/tea/kettle", "")),
        ({"url": "git+https://github.com/tea/kettle.git", "directory": "packages/a"},
         ("https://github.com/tea/kettle", "packages/a")),
        ({"url": "https://github.com/tea/kettle", "directory": "../.."}, ("https://github.com/tea/kettle", "")),
        ({"url": 3}, None),
        (None, None),
    ],
)  # fmt: skip
def test_the_address_in_package_json(field, expected):
    links, directory = links_of_package_json({"repository": field})
    found = find_repository(links, directory)
    assert ((found.url, found.directory) if found else None) == expected
