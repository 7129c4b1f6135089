"""One door for every kind of address; whoever pulls needs no command."""

import shutil

import pytest

from vrom.errors import HubError, NotFoundError
from vrom.format.versions import Reference
from vrom.registry.publish.publish import publish
from vrom.registry.pulled_json import Origin
from vrom.registry.resolve import is_dataset, is_id, is_path, is_web_address, resolve, resolve_origin


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("kettle", is_id),
        ("kettle@>=1,<2", is_id),
        ("hub://kettle", is_id),
        ("hf://datasets/owner/name@main", is_dataset),
        ("https://docs.example/kettle/manifest.json", is_web_address),
        ("http://127.0.0.1/manifest.json", is_web_address),
        ("./kettle", is_path),
        ("~/kettle", is_path),
        (r"packages\kettle", is_path),
        ("/srv/kettle.vrom", is_path),
    ],
)
def test_an_address_is_of_one_kind(address, kind):
    kinds = [one for one in (is_id, is_dataset, is_web_address, is_path) if one(address)]
    assert kinds == [kind]


@pytest.fixture
def registries(kettle, tmp_path, registry_at):
    publish(kettle, tmp_path / "registry")
    return [registry_at(str(tmp_path / "registry" / "registry.json"))]


@pytest.mark.parametrize(("address", "wanted"), [("kettle", ""), ("hub://kettle", ""), ("kettle@1.0.0", "1.0.0")])
def test_an_id_is_looked_up_in_the_registries(address, wanted, registries, downloads):
    with resolve(address, registries, downloads) as found:
        assert (found.offer.id, found.offer.version, found.wanted) == ("kettle", "1.0.0", wanted)
        assert found.offer.origin.registry == registries[0].address


def test_an_id_that_no_registry_lists_is_not_found(registries, downloads):
    with pytest.raises(NotFoundError, match="toaster"), resolve("toaster", registries, downloads):
        pass


def test_a_web_address_names_a_manifest(kettle, site, downloads):
    site.put(kettle.parent)
    with resolve(site.url("/kettle/manifest.json"), [], downloads) as found:
        assert (found.offer.id, found.wanted) == ("kettle", "")


def test_a_path_is_a_folder_or_an_archive(kettle, tmp_path, downloads):
    archive = shutil.make_archive(str(tmp_path / "kettle"), "zip", kettle)
    for path in (kettle, archive):
        with resolve(str(path), [], downloads) as found:
            assert (found.offer.id, found.offer.origin.address) == ("kettle", str(path))


def test_a_path_without_a_package_is_refused(tmp_path, downloads):
    with pytest.raises(HubError, match="neither a package's folder nor an archive"):
        resolve(str(tmp_path / "none"), [], downloads).__enter__()


def test_a_recorded_origin_leads_to_its_registry_whatever_its_address(registries, downloads):
    origin = Origin(address="hub://kettle", registry=registries[0].address)
    asked = []

    def registry_at(address):
        asked.append(address)
        return registries[0]

    with resolve_origin(origin, Reference("kettle", ""), registry_at, downloads) as offer:
        assert offer.id == "kettle"
    assert asked == [registries[0].address]


def test_a_recorded_origin_without_a_registry_leads_to_its_address(kettle, downloads):
    with resolve_origin(Origin(address=str(kettle)), Reference("kettle", ""), pytest.fail, downloads) as offer:
        assert offer.id == "kettle"
