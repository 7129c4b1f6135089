import json

import pytest


@pytest.fixture
def install(package):
    """Install a package with one declaration file beside the invented one."""

    def install(name, declarations):
        folder = package.folder.parent / name
        folder.mkdir(parents=True)
        (folder / "package.json").write_text(json.dumps({"name": name, "version": "1.0.0", "types": "index.d.ts"}))
        (folder / "index.d.ts").write_text(declarations)
        return folder

    return install


def find_in(package):
    return lambda name, user: folder if (folder := package.folder.parent / name).is_dir() else None


def test_what_a_package_exports_from_another_one_is_documented_with_it_and_nothing_else(package, install):
    install("kettle", "/** Boils it. */\nexport function boil(): void;\nexport function hidden(): void;\n")
    package.write({"index.d.ts": 'export { boil } from "kettle";\nexport function fill(): void;\n'})
    documents = package.documents(find_package=find_in(package))
    other = documents["invented-2"]
    assert other.title == "invented (from kettle)"
    assert "Boils it." in other.text
    assert "hidden" not in other.text
    assert "Exported from other packages" not in documents["invented"].text


def test_everything_is_documented_if_everything_is_exported(package, install):
    install("kettle", "export function boil(): void;\nexport function pour(): void;\n")
    package.write({"index.d.ts": 'export * from "kettle";\n'})
    text = package.documents(find_package=find_in(package))["invented"].text
    assert "boil()" in text
    assert "pour()" in text


def test_a_chain_of_packages_is_followed_and_a_circle_ends(package, install):
    install("kettle", 'export { heat } from "heater";\nexport function boil(): void;\nexport * from "invented";\n')
    install("heater", 'export function heat(): void;\nexport function cool(): void;\nexport { boil } from "kettle";\n')
    package.write({"index.d.ts": 'export { boil, heat } from "kettle";\n'})
    text = "".join(one.text for one in package.documents(find_package=find_in(package)).values())
    assert "heat()" in text
    assert "cool()" not in text


def test_without_the_other_package_its_names_are_listed(package):
    package.write({"index.d.ts": 'export { boil } from "kettle";\n'})
    assert "- `boil` of `kettle`" in package.documents(find_package=find_in(package))["invented"].text
