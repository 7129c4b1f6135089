"""The targets of names in each module: declared items and modules, and what `use` brings from elsewhere.

Imports refer to imports of other modules, in circles too. They are resolved in rounds until a round adds no name.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from vrom.builder.sources.code.rust.model import Module, Target, Use

MOST_ROUNDS = 32
"""Maximum rounds: a re-export of a re-export and so on is followed this far."""
MOST_NAMES = 1_000_000
"""Maximum names in all modules, which glob imports multiply."""


MOST_TARGETS = 8
"""Maximum targets of a path: one in each namespace, for each of some systems."""


class Names:
    """The names of all modules of a crate."""

    def __init__(self, root: Module, modules: Sequence[Module]) -> None:
        self.root = root
        self._count = 0
        for module in modules:
            self._bind_declared(module)
        for _ in range(MOST_ROUNDS):
            before = self._count
            self._copied: set[tuple[Module, Module, bool]] = set()
            for module in modules:
                for use in module.uses:
                    self._bind_use(module, use)
            if self._count in (before, MOST_NAMES):  # nothing new, or too much
                break

    def resolve(self, module: Module, path: tuple[str, ...]) -> Iterable[Target]:
        """The items and modules that a path means in a module; none for those of other crates."""
        if not path:
            return [module]
        found: Iterable[Target] = [module]
        if path[0] == "crate":
            found, path = [self.root], path[1:]
        elif path[0] == "self":
            path = path[1:]
        elif path[0] not in module.names and (path[0] == self.root.name or path[0] in self.root.names):
            found = [self.root]  # as in the 2015 edition
            path = path[1:] if path[0] == self.root.name else path
        for part in path:
            steps = (target for one in found if isinstance(one, Module) for target in _step(one, part))
            found = list(islice(dict.fromkeys(islice(steps, MOST_TARGETS**2)), MOST_TARGETS))
        return found

    def list_foreign(self, module: Module) -> Iterator[Use]:
        """The public imports from other crates."""
        for use in module.uses:
            first = use.path[0] if use.path else "self"
            is_own = first in ("crate", "self", "super", self.root.name) or first in module.names
            if use.is_public and not is_own and not any(self.resolve(module, use.path)):
                yield use

    def _bind_declared(self, module: Module) -> None:
        targets: list[Target] = [*module.items, *module.modules]
        for target in targets:
            self._bind(module, target.name, target, target.is_public)
        for item in module.items:
            if item.attributes.is_exported or item.attributes.macro:
                item.is_public = True
                self._bind(self.root, item.name, item, True)

    def _bind_use(self, module: Module, use: Use) -> None:
        for target in self.resolve(module, use.path):
            if use.name != "*":
                self._bind(module, use.name, target, use.is_public and target.is_public)
            elif isinstance(target, Module) and target is not module:
                self._bind_glob(module, target, public=use.is_public)

    def _bind_glob(self, module: Module, target: Module, *, public: bool) -> None:
        """Bind all names of another module, once a round."""
        if (module, target, public) in self._copied or self._count >= MOST_NAMES:
            return
        self._copied.add((module, target, public))
        for name, bound in list(target.names.items()):
            for one, is_public in list(bound.items()):
                self._bind(module, name, one, public and is_public)

    def _bind(self, module: Module, name: str, target: Target, public: bool) -> None:
        bound = module.names.setdefault(name, {})
        if self._count < MOST_NAMES and (target not in bound or (public and not bound[target])):
            bound[target] = public
            self._count += 1


def _step(module: Module, part: str) -> Iterable[Target]:
    if part == "super":
        return [module.parent] if module.parent else []
    return [module] if part == "self" else list(module.names.get(part, ()))
