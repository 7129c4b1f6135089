"""A package index on this machine, with distributions of our own, and a project that locks one."""

import hashlib
import io
import json
import tarfile
import zipfile

import pytest

GUIDE = "# Filling a kettle\n\nCall `fill(litres)` before `boil()`; a dry kettle raises `DryBoilError`.\n"
SOURCE = '''"""Kettles."""


class DryBoilError(Exception):
    """Raised when a kettle is empty."""


def fill({arguments}) -> None:
    """Fill the kettle.

    Args:
        litres: How much water, {version}.
    """
'''


@pytest.fixture
def release(site):
    """Publish a version of `kettle`: its source distribution with a guide, and its wheel; the digests by file."""

    def publish(version, arguments="litres: float", guide=GUIDE, links=""):
        source = SOURCE.format(arguments=arguments, version=version)
        files = {
            f"kettle-{version}.tar.gz": sdist(version, source, guide),
            f"kettle-{version}-py3-none-any.whl": wheel(version, source, links),
        }
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        for name, content in files.items():
            site.files[f"/files/{name}"] = content
        listed = site.listed = getattr(site, "listed", []) + [
            {"filename": name, "url": f"/files/{name}", "hashes": {"sha256": digest}}
            for name, digest in digests.items()
        ]
        site.files["/simple/kettle/"] = json.dumps({"name": "kettle", "files": listed}).encode()
        site.kinds["/simple/kettle/"] = "application/vnd.pypi.simple.v1+json"
        return digests

    return publish


def sdist(version, source, guide):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        members = {"docs/guide.md": guide} if guide else {}
        members |= {"src/kettle/__init__.py": source, "setup.py": "raise SystemExit('executed')"}
        for name, content in members.items():
            info = tarfile.TarInfo(f"kettle-{version}/{name}")
            info.size = len(content.encode())
            tar.addfile(info, io.BytesIO(content.encode()))
    return packed.getvalue()


def wheel(version, source, links):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("kettle/__init__.py", source)
        about = f"kettle-{version}.dist-info"
        archive.writestr(
            f"{about}/METADATA",
            f"Name: kettle\nVersion: {version}\nSummary: Boils water.\n{links}\n# Kettle\n\nIt boils.\n",
        )
        archive.writestr(f"{about}/RECORD", f"kettle/__init__.py,,\n{about}/METADATA,,\n{about}/RECORD,,\n")
    return packed.getvalue()


@pytest.fixture
def write_lock(site):
    """Lock a version of `kettle` in a folder; the folder."""

    def write(folder, version="1.0", digest=""):
        folder.mkdir(exist_ok=True)
        files = site.url(f"/files/kettle-{version}")
        hashed = f', hash = "sha256:{digest}"' if digest else ""
        (folder / "uv.lock").write_text(
            f"""version = 1
[[package]]
name = "kettle"
version = "{version}"
source = {{ registry = "{site.url("/simple")}" }}
sdist = {{ url = "{files}.tar.gz"{hashed} }}
wheels = [{{ url = "{files}-py3-none-any.whl" }}]
[[package]]
name = "shop"
version = "0.1"
source = {{ virtual = "." }}
dependencies = [{{ name = "kettle" }}]
"""
        )
        return folder

    return write
