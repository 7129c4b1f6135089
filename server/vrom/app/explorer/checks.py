"""Findings of `vrom check` in the mounted packages, remembered until a package changes."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vrom.format.limits import Limits
from vrom.format.verify.findings import Finding
from vrom.format.verify.package import check
from vrom.index.pack.verify import check_companions
from vrom.library.mount import Fingerprint, Mount

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Checked:
    """Findings of one package, and when they were made."""

    findings: Sequence[Finding]
    at: datetime

    @property
    def errors(self) -> int:
        """Number of errors."""
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def warnings(self) -> int:
        """Number of warnings."""
        return len(self.findings) - self.errors


class Checks:
    """Findings by package."""

    def __init__(self) -> None:
        self._found: dict[Path, tuple[Fingerprint, Checked]] = {}
        self._lock = threading.Lock()

    def run(self, mount: Mount, limits: Limits) -> Checked:
        """Check a package, all of which is read."""
        fingerprint = mount.fingerprint
        findings = [*check(mount.folder, limits), *check_companions(mount.folder, limits)]
        checked = Checked(findings, datetime.now(UTC))
        with self._lock:
            self._found[mount.folder] = (fingerprint, checked)
        return checked

    def found(self, mount: Mount) -> Checked | None:
        """The findings of a package as it is now; None if it wasn't checked since it changed."""
        with self._lock:
            fingerprint, checked = self._found.get(mount.folder, ((), None))
        return checked if fingerprint == mount.fingerprint else None
