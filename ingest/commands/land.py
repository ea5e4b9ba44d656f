"""Lands a source from what serves it: its own inputs, or the sample where there is nothing else.

flags, settings -> all inputs: they serve | some: an error
                -> none: own data is landed -> an error, or passed over by `ingest all`
                         nothing of one's own -> the sample serves
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial, wraps
from typing import Annotated, Any, Optional

import typer

from ingest.common.errors import IncompleteError, IngestError, LostConnectionError
from ingest.common.telling import tell
from ingest.common.words import counted
from ingest.landing.declaration import SourceDeclaration
from ingest.landing.ledger import Run
from ingest.landing.origins import OWN, SAMPLE
from ingest.landing.runner import run_source
from ingest.landing.settings import Settings, read_settings
from ingest.samples import has_sample, serving
from ingest.sources import SOURCES, prepare_all
from ingest.warehouse import connect, troubles

EVERY = Annotated[
    Optional[float],  # noqa: UP045 - typer on Python 3.10 reads this form
    typer.Option(metavar="SECONDS", min=0, help="A round every so often, until stopped."),
]
TRIES = 3  # of a run whose server goes away and comes back
HOLDS_OWN = "select exists (select from raw_{source}.origins where kind = %s)"


def as_command(source: SourceDeclaration) -> Callable[..., None]:
    """Return the function that Typer makes the command of a source from."""
    flags = source.flags()

    @wraps(source.reader)
    def command(every: float | None = None, **given: Any) -> None:
        in_rounds([partial(_land_one, source, given)], every)

    parameters = inspect.signature(source.reader).parameters.values()
    shown = [parameter for parameter in parameters if parameter.name in flags]
    kind = inspect.Parameter.KEYWORD_ONLY
    shown.append(inspect.Parameter("every", kind, default=None, annotation=EVERY))
    command.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    command.__annotations__ = {**flags, "every": EVERY, "return": None}
    return command


def _land_one(source: SourceDeclaration, given: Mapping[str, Any]) -> None:
    settings = configured()
    run = _land_own(source, given, settings)
    if run is None:
        if source.name in holding_own():
            raise IngestError(
                f"{source.name} holds own data, so no sample serves: give {source.how()}"
            )
        if not has_sample(source.name):
            raise IngestError(f"{source.name} is not configured: give {source.how()}")
        tell(f"{source.name}: nothing is configured, the sample serves", "samples", error=True)
        run = _land_sample(source, given, settings)
    _tell(source, run)


def in_rounds(steps: Sequence[Callable[[], None]], every: float | None) -> None:
    """Do some steps once, or every so many seconds until stopped."""
    from ingest.landing.rounds import repeat, run_round

    if every is None:
        run_round(steps)
    else:
        repeat(steps, every)


def named(only: str | None) -> list[str]:
    """Return the sources that a list with commas names, in the order of all; all for None.

    Raises `IngestError` where there is none of a name.
    """
    if only is None:
        return list(SOURCES)
    names = [name.strip() for name in only.split(",")]
    for name in names:
        if name not in SOURCES:
            raise IngestError(f"--only: no source {name!r}; there are {', '.join(SOURCES)}")
    return [name for name in SOURCES if name in names]


def land_all(names: Sequence[str]) -> None:
    """Land those sources that are configured; where none is, and nothing is one's own, the samples.

    A source that fails tells why and does not stop the others; then raises `IngestError`,
    `IncompleteError` where none failed but of some something may be missing.
    """
    settings = configured()
    own = [name for name, keys in settings.items() if SOURCES[name].is_configured(keys)]
    held = holding_own()
    if not (own or held):
        tell("no source is configured: generated samples serve", "samples", error=True)
    failed, incomplete = [], []
    for name in names:
        source = SOURCES[name]
        try:
            if name in own:
                _tell(source, _land_own(source, {}, settings))
            elif own or held or not has_sample(name):
                stays = "; what is landed stays" if name in held else ""
                tell(f"{name}: not configured{stays}", name)
            else:
                _tell(source, _land_sample(source, {}, settings))
        except IncompleteError as error:
            tell(f"{name}: incomplete: {error}", (name, "incomplete"), error=True)
            incomplete.append(name)
        except Exception as error:
            tell(f"{name}: error: {troubles.told(error)}", name, error=True)
            failed.append(name)
    if failed:
        raise IngestError(f"not landed: {', '.join(failed)}")
    if incomplete:
        raise IncompleteError(f"something may be missing of {', '.join(incomplete)}")


def configured() -> Settings:
    """Return what is set for each source; raises `IngestError` where a setting is unknown."""
    settings = read_settings({name: source.keys for name, source in SOURCES.items()})
    return {name: SOURCES[name].converted(values) for name, values in settings.items()}


def holding_own() -> set[str]:
    """Return the sources that hold own data, also where it does not count any more."""
    prepare_all()
    with closing(connect.connect("loader")) as warehouse, warehouse.cursor() as cursor:
        found = set()
        for source in SOURCES:
            cursor.execute(HOLDS_OWN.replace("{source}", source), [OWN])
            if cursor.fetchone() == (True,):
                found.add(source)
        return found


def _land_own(
    source: SourceDeclaration, flags: Mapping[str, Any], settings: Settings
) -> Run | None:
    """Land a source from the inputs that flags and settings name; None where they name none."""
    here = settings[source.name]
    if source.reads_nothing(flags):
        return _run(source, source.options(flags, here))
    inputs = source.chosen(flags, here)
    if inputs is None:
        return None
    return _run(source, {**source.options(flags, here), **inputs})


def _land_sample(source: SourceDeclaration, flags: Mapping[str, Any], settings: Settings) -> Run:
    with serving(source.name) as inputs:
        options = source.options(flags, settings[source.name])
        return _run(source, {**options, **inputs}, SAMPLE)


def _run(source: SourceDeclaration, given: Mapping[str, Any], kind: str = OWN) -> Run:
    """Run a source; anew where the server went away meanwhile and is back within a minute."""
    for _ in range(TRIES - 1):
        try:
            return run_source(source.reader(**given), kind)
        except LostConnectionError as lost:
            typer.echo(f"{source.name}: {lost}; waiting for it, then once more", err=True)
            connect.connect(patient=True).close()
    return run_source(source.reader(**given), kind)


def _tell(source: SourceDeclaration, run: Run | None) -> None:
    if run is None:
        return
    notes = f" ({'; '.join(run.notes)})" if run.notes else ""
    landed = f"{counted(run.rows_landed, 'row')} landed" if run.rows_landed else "nothing new"
    outcome = run.outcome or landed
    tell(f"{source.name}: {outcome}{notes}", source.name)
    if run.missing:
        raise IncompleteError("; ".join(run.missing))
