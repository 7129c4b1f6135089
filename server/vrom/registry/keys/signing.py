"""Ed25519 signatures (RFC 8032) over the digests of a registry.

The signed text is easy to construct in any language: a first line that identifies it, a line with `serial` and the
serial number, then for each file of each version a line with id, version, role, SHA-256 and size, separated by single
spaces. These lines are sorted as bytes, and every line ends with a newline. URLs aren't signed, so files can be moved.
Registries without a serial number have `version 1` in the first line and no second line.
"""

import base64
import binascii
import os
from pathlib import Path
from typing import TYPE_CHECKING

from vrom.errors import HubError, TrustError
from vrom.registry.registry_json import RegistryDocument, Signature
from vrom.storage.atomic import write_file

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FIRST_LINE = "vrom registry digests, version {}\n"
PREFIX = "ed25519:"


def signed_text(document: RegistryDocument, serial: int) -> bytes:
    """The text covered by a registry's signature.

    Raises `TrustError` for a file without a digest, and for values with spaces or control characters, which would make
    the text ambiguous.
    """
    lines = set()
    for cartridge_id, release in document.releases():
        if not release.files:
            raise TrustError(
                f"{cartridge_id} {release.version!r} lists no files, so no signature covers it. "
                "Publish it again with `vrom publish`."
            )
        if missing := release.files.keys() - release.digests.keys():
            raise TrustError(
                f"{cartridge_id} {release.version!r}: no digest of {', '.join(sorted(missing))}, so no signature "
                "covers it. Publish it again with `vrom publish`."
            )
        for role, digest in release.digests.items():
            words = (cartridge_id, release.version, role, digest.sha256, str(digest.size))
            if any(not word or not word.isprintable() or " " in word for word in words):
                raise TrustError(f"{cartridge_id!r} {release.version!r}: space or control character in {role!r}.")
            lines.add(" ".join(words) + "\n")
    first = FIRST_LINE.format(2) + f"serial {serial}\n" if serial else FIRST_LINE.format(1)
    return (first + "".join(sorted(lines))).encode()


def sign(document: RegistryDocument, key: "Ed25519PrivateKey", serial: int) -> Signature:
    """Sign the digests of a registry and its serial number."""
    value = base64.b64encode(key.sign(signed_text(document, serial))).decode()
    return Signature(key=public_text(key), value=value, serial=serial)


def verify(document: RegistryDocument, address: str) -> str | None:
    """Verify a registry's signature and return its public key; None if the registry is unsigned.

    Raises `TrustError` if the signature is invalid.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signature = document.signature
    if signature is None:
        return None
    try:
        key = Ed25519PublicKey.from_public_bytes(key_bytes(signature.key))
        key.verify(base64.b64decode(signature.value, validate=True), signed_text(document, signature.serial))
    except (InvalidSignature, ValueError, binascii.Error) as error:
        raise TrustError(
            f"The signature of {address} is invalid: its list of packages is not the one that was signed with "
            f"{signature.key[:60]!r}. The registry was not used. Tell its publisher."
        ) from error
    return signature.key


def new_key(file: Path) -> str:
    """Generate a key pair, write the private key to `file`, readable only by its owner, and return the public key.

    Raises `HubError` if the file exists, since a lost key can't be replaced, or if it can't be written.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    if file.exists():
        raise HubError(f"{file} already exists and was not overwritten. Choose another file with --out.")
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.touch(mode=0o600, exist_ok=False)
        try:
            write_file(beside, [text])
            os.link(beside, file)  # unlike a rename, it never replaces a key made at the same moment
        finally:
            beside.unlink()
    except OSError as error:
        raise HubError(f"Cannot write {file}: {error.strerror or error}. Check permissions.") from error
    return public_text(key)


def read_key(file: Path) -> "Ed25519PrivateKey":
    """Read a private key. Raises `HubError` if the file can't be read or isn't an Ed25519 key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise HubError(f"Cannot read {file}: {error.strerror or error}. Create a key with `vrom key new`.") from error
    except (ValueError, TypeError) as error:
        raise HubError(f"{file} is not a private key. Create one with `vrom key new`.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise HubError(f"{file} is not an Ed25519 key. Create one with `vrom key new`.")
    return key


def public_text(key: "Ed25519PrivateKey") -> str:
    """The public key as text: `ed25519:` and base64."""
    return PREFIX + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def key_bytes(text: str) -> bytes:
    """The 32 bytes of a public key. Raises `ValueError` if `text` isn't one."""
    expected = f"{text[:80]!r} is not a public key, expected {PREFIX} and 44 characters of base64"
    try:
        raw = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except ValueError as error:
        raise ValueError(expected) from error
    if not text.startswith(PREFIX) or len(raw) != 32:
        raise ValueError(expected)
    return raw
