"""What the rest of the project asks of a source: its name, raw tables, command and inputs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from ingest.common.errors import IngestError
from ingest.common.paths import ROOT
from ingest.landing.runner import Source
from ingest.warehouse.raw_schemas import RawSchema

NOT_GIVEN: Any = None
"""Default of a flag: what is no input may be left out; a reader is made with all its inputs."""


@dataclass(frozen=True)
class SourceDeclaration:
    """A source: one a package, as `DECLARATION` in its `command.py`.

    `reader` makes what the runner reads from. Its parameters that carry a `typer.Option` are the
    flags of the command; the others are for the sample alone. `inputs` are the flags that say
    where to read: of each group just one is to be given, or with `together` at least one. They and
    `settings` may also stand under `[sources.<name>]`. With a flag of `needs_no_input` nothing is
    read: beside it only the flags that it names may be given, and those nowhere else.
    """

    raw_schema: RawSchema
    reader: Callable[..., Source]
    inputs: tuple[tuple[str, ...], ...]
    settings: tuple[str, ...] = ()
    needs_no_input: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    together: bool = False

    @property
    def name(self) -> str:
        """The one word that names the source everywhere."""
        return self.raw_schema.source

    @property
    def keys(self) -> frozenset[str]:
        """What may stand under `[sources.<name>]`."""
        return frozenset(key for group in (*self.inputs, self.settings) for key in group)

    def flags(self) -> dict[str, Any]:
        """Return the annotation of each flag, by the name of its parameter."""
        hints: dict[str, Any] = self.reader.__annotations__
        return {name: hint for name, hint in hints.items() if get_origin(hint) is Annotated}

    def chosen(
        self, flags: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Return the inputs that flags and settings give; None where they give none at all.

        Raises `IngestError` where one is missing, or two of a group are given.
        """
        found = {}
        told: list[str] = []
        for group in self.inputs:
            for values in (flags, settings):
                here = {name: values[name] for name in group if values.get(name)}
                if len(here) > 1 and not self.together:
                    raise IngestError(f"{self.name}: give {_flags(group, ' or ')}, not both")
                if here:
                    found.update(here)
                    is_flag = values is flags
                    told += [_flags([n], "") if is_flag else f"the setting {n}" for n in here]
                    break
        missing = [group for group in self.inputs if not any(name in found for name in group)]
        if found and missing:
            raise IngestError(
                f"{self.name}: {' and '.join(told)} given without {self.how(missing)}: "
                "a sample never stands in beside your own data"
            )
        return found or None

    def reads_nothing(self, flags: Mapping[str, Any]) -> bool:
        """Whether a flag is given that needs no input.

        Raises `IngestError` where a flag that it would leave unread is given beside it, or one that
        is of use only beside it is given alone.
        """
        given = [name for name, value in flags.items() if value is not None and value is not False]
        for flag, beside in self.needs_no_input.items():
            if flag in given:
                if unread := [name for name in given if name not in (flag, *beside)]:
                    told = _flags([flag, *unread], " or ")
                    raise IngestError(f"{self.name}: give {told}, not both")
                return True
            if idle := [name for name in given if name in beside]:
                told = f"{_flags(idle, ' and ')} is of use only beside {_flags([flag], '')}"
                raise IngestError(f"{self.name}: {told}")
        return False

    def is_configured(self, settings: Mapping[str, Any]) -> bool:
        """Whether settings name any input."""
        return any(settings.get(name) for group in self.inputs for name in group)

    def options(self, flags: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the flags that are no inputs: as given, else as set."""
        inputs = {name for group in self.inputs for name in group}
        given = {name: value for name, value in flags.items() if value is not None}
        return {n: value for n, value in {**settings, **given}.items() if n not in inputs}

    def converted(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return settings as the flags of the same name would be.

        Raises `IngestError` where a value does not fit.
        """
        return {name: self._converted(name, value) for name, value in settings.items()}

    def _converted(self, name: str, value: Any) -> Any:
        kind, option = get_args(self.flags()[name])
        if kind in (list[Path], list[str], Path, str):
            values = value if isinstance(value, list) and get_origin(kind) is list else [value]
            if not all(isinstance(each, str) for each in values):
                raise IngestError(f"{name} under [sources.{self.name}] is {value!r}, not a text")
        if kind == list[Path]:
            return [ROOT / Path(each).expanduser() for each in values]
        if kind == list[str]:
            return values
        if kind is bool:
            if value in (True, "true", "1"):
                return True
            if value in (False, "false", "0"):
                return False
            raise IngestError(f"{name} under [sources.{self.name}] is {value!r}, not true or false")
        if kind is Path:
            return ROOT / Path(str(value)).expanduser()
        try:
            number = None if isinstance(value, bool) else kind(value)
        except (TypeError, ValueError):
            number = None
        low, high = getattr(option, "min", None), getattr(option, "max", None)
        fits = number is not None and (low is None or number >= low)
        if not fits or (high is not None and number > high):
            between = f" from {low:g}" if low is not None else ""
            between += f" to {high:g}" if high is not None else ""
            raise IngestError(
                f"{name} under [sources.{self.name}] is {value!r}, "
                f"not a {'whole ' if kind is int else ''}number{between}"
            )
        return number

    def how(self, groups: Sequence[tuple[str, ...]] | None = None) -> str:
        """Tell which flags and settings name the inputs of `groups`, by default all of them."""
        wanted = groups or self.inputs
        flags = " and ".join(_flags(group, " or ") for group in wanted)
        keys = " and ".join(" or ".join(group) for group in wanted)
        return f"{flags} (or {keys} under [sources.{self.name}] in .dlt/config.toml)"


def _flags(names: Sequence[str], between: str) -> str:
    return between.join(f"--{name.replace('_', '-')}" for name in names)
