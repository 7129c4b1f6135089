"""Profiles of cartridges that were never opened: made in the background, once for each state of a package."""

import time
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, cast

from vrom.errors import ModelError, StoreUnavailableError, VromError
from vrom.format.companions import declared_companions
from vrom.library.choice.choice import Choice
from vrom.library.choice.profile import Profile, profile_of, without_centres
from vrom.library.mount import Mount

if TYPE_CHECKING:
    from vrom.embedding.loaded_models import Embedders
    from vrom.index.cartridge import Cartridge
    from vrom.library.stored import StoredMounts
    from vrom.search.shelf import Shelf

MOST_READ = 500
"""Largest number of packages that are read, which may take a second each. Those with companions are only opened."""
AT_ONCE = 64
"""Profiles that are added together: what is made is lost if the process ends before."""
AT_FULL_SPEED = 160
"""Number of cartridges after which as much time is spent waiting as opening: there are questions to answer."""


def learn(choice: Choice, mounts: Sequence[Mount], mounted: Collection[int], make: Callable[[Mount], Profile]) -> None:
    """Add the profiles of mounts that were never opened. `mounted` are the keys of what may not be forgotten.

    A cartridge that can't be read is left out. Ends when a database can't be reached.
    """
    made: dict[int, Profile] = {}
    read = 0
    try:
        for number, mount in enumerate(choice.unopened(mounts)):
            if mount.problem or (not _opens_at_once(mount) and read >= MOST_READ):
                continue
            read += not _opens_at_once(mount)
            begun = time.monotonic()
            try:
                made[mount.key] = make(mount)
            except StoreUnavailableError:
                return
            except VromError:
                continue
            if number > AT_FULL_SPEED:
                time.sleep(time.monotonic() - begun)
            if len(made) >= AT_ONCE:
                choice.add(made, mounted)
                made = {}
    finally:
        choice.add(made, mounted)


def _opens_at_once(mount: Mount) -> bool:
    return mount.is_stored or mount.manifest is None or declared_companions(mount.manifest) is not None


def profile_of_mount(mount: Mount, opened: "Shelf", stored: "StoredMounts | None", embedders: "Embedders") -> Profile:
    """Profile of an open cartridge, without centres if its vectors aren't of the model that its manifest names.

    Raises `StoreError`, and what reading a damaged cartridge raises.
    """
    profile = stored.profile(mount) if stored and mount.is_stored else profile_of(cast("Cartridge", opened))
    return profile if _was_made_with_its_model(opened, embedders) else without_centres(profile)


def _was_made_with_its_model(shelf: "Shelf", embedders: "Embedders") -> bool:
    """True as long as it can't be told."""
    try:
        return not shelf.size or shelf.was_made_with(embedders.get(shelf.manifest.embedding_spec))
    except ModelError:
        return True
