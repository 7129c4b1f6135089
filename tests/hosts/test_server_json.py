import pytest

import vrom
from vrom.errors import InvalidArgumentError
from vrom.hosts.server_json import server_document


def test_the_document_says_how_to_run_this_version():
    document = server_document("io.github.ada/vrom", "https://github.com/ada/vrom")
    assert document["version"] == vrom.__version__
    (package,) = document["packages"]
    assert (package["identifier"], package["version"]) == ("vrom", vrom.__version__)
    assert package["packageArguments"] == [{"type": "positional", "value": "serve"}]
    assert document["repository"] == {"url": "https://github.com/ada/vrom", "source": "github"}
    assert "repository" not in server_document("io.github.ada/vrom")


@pytest.mark.parametrize(
    "name", ["vrom", "ada/vrom", "io.github.ada/", "io.github.ada/vrom/x", "io..ada/vrom", "a.b/-"]
)
def test_a_name_that_is_no_one_s_is_refused(name):
    with pytest.raises(InvalidArgumentError, match=r"Expected NAMESPACE/NAME in a namespace that you own"):
        server_document(name)


@pytest.mark.parametrize(
    "url",
    ["github.com/ada/vrom", "http://github.com/ada/vrom", "https://github.com/ada", "https://ada.example/a/b"],
)
def test_a_repository_that_the_registry_would_not_know_is_refused(url):
    with pytest.raises(InvalidArgumentError, match=r"Expected https://"):
        server_document("io.github.ada/vrom", url)
