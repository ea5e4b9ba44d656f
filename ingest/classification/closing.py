"""The closing line of a run: what was labelled, what is rejected, what is missing, what failed."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from ingest.classification.broker import Broker
from ingest.classification.exchange import Exchange
from ingest.common.paths import path_text
from ingest.landing.ledger import Run

NAMED = 3  # paths in a line for the user


def tell(
    run: Run, exchange: Exchange, rejected: Collection[Path], kept_back: Mapping[Path, str]
) -> None:
    """Tell a run what became of its images; `kept_back` are those that earlier runs gave up."""
    if exchange.answered:
        run.note(f"{exchange.answered:,} image(s) labelled")
    if changed := exchange.sending.changed.values():
        run.note(f"{_named(changed)} changed before sent")
    if rejected:
        run.note(f"{_named(rejected)} rejected")
    for reason in sorted({*exchange.given_up.values(), *kept_back.values()}):
        for given_up, again in ((exchange.given_up, ""), (kept_back, " earlier")):
            if paths := [path for path, why in given_up.items() if why == reason]:
                run.note(f"{_named(paths)} rejected{again}: {reason}")
    for line in _of_others(exchange.broker):
        run.note(line)
    if exchange.unusable:
        run.missing.append(f"{exchange.unusable:,} image(s) answered without a label")
    if exchange.missing:
        blocked = ", the broker is out of memory or disk" if exchange.broker.is_blocked else ""
        run.missing.append(
            f"{len(exchange.missing):,} image(s) without an answer, {exchange.timeout:g} s "
            f"after the last one{blocked}: {_first(exchange.missing.values())}; "
            "the next run asks on"
        )
    if error := exchange.refusal or exchange.reaching.failure:
        run.failures.append(str(error))


def _of_others(broker: Broker) -> Iterable[str]:
    """Yield what shows that the reply queue is not this warehouse's alone."""
    queue, foreign = broker.reply_queue, broker.foreign
    if foreign.others:
        yield f"{foreign.others:,} other consumer(s) of {queue} take replies away"
    if foreign.seen:
        count = f"{len(foreign.seen):,} image(s) never asked for here"
        yield f"{queue} holds replies for {count}: left there, see --take-foreign"


def _named(paths: Collection[Path]) -> str:
    return f"{len(paths):,} image(s) ({_first(paths)})"


def _first(paths: Collection[Path]) -> str:
    """Return the first three paths, and how many more there are."""
    first = ", ".join(path_text(path) for path in sorted(paths)[:NAMED])
    return f"{first} and {len(paths) - NAMED:,} more" if len(paths) > NAMED else first
