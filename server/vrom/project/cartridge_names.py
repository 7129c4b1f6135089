"""Ids of the cartridges of dependencies, and dependencies by the names that people give them."""

import hashlib
import re

from packaging.utils import canonicalize_name

from vrom.errors import InvalidArgumentError
from vrom.project.dependency import Dependency, Ecosystem

_PREFIXES: dict[Ecosystem, str] = {"pypi": "", "npm": "npm.", "cargo": "cargo.", "go": "go."}

_LONGEST = 128


def cartridge_id(ecosystem: Ecosystem, name: str) -> str:
    """The id of a dependency's cartridge: `pydantic`, `npm.zod`, `npm.babel__core`, `go.github.com__a__b`.

    A name of the Python package index has no prefix. `/` becomes `__`, as DefinitelyTyped writes scopes. A name that
    would get the id of another one, such as npm's `babel__core`, gets a digest at its end.
    """
    identity = _PREFIXES[ecosystem] + name.removeprefix("@").replace("/", "__")
    if not re.search("__|_/|/_", name) and len(identity) <= _LONGEST:
        return identity
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{identity[: _LONGEST - 17]}-{digest}"


def parse_dependency(text: str) -> Dependency:
    """A dependency as given to `vrom add`: `pydantic`, `httpx==0.27.2`, `httpx@0.27.2`, `npm:@babel/core@7.1.0`.

    Without a prefix it is of the Python package index, unless only npm has such names (`@scope/name`). Raises
    `InvalidArgumentError`.
    """
    from vrom.project.dependency import is_well_formed

    found = re.fullmatch(r"(?:(pypi|npm|cargo|go):)?(@?[^@=\s]+?)(?:(?:==|@)\s*([^=@\s]+))?", text.strip())
    if found:
        ecosystem: Ecosystem = found[1] or ("npm" if found[2].startswith("@") else "pypi")  # type: ignore[assignment]
        name = canonicalize_name(found[2]) if ecosystem == "pypi" else found[2]
        dependency = Dependency(ecosystem, name, found[3] or "")
        if is_well_formed(dependency):
            return dependency
    raise InvalidArgumentError(
        f"{text[:100]!r} is no dependency. Expected a name, with a version if you like: pydantic, httpx==0.27.2, "
        "npm:zod, npm:@babel/core@7.26.0, cargo:serde, go:github.com/gin-gonic/gin."
    )
