"""What a user can mend: told in one line, never as a stack trace."""

from collections.abc import Iterator

from ingest.common.addresses import masked
from ingest.common.words import printable


class IngestError(Exception):
    """A cause that the user can act on; its text is the whole message.

    Raised for bad input, a busy source or an unreachable server. The command prints it as
    `error: ...` and exits with `status`.
    """

    status = 1
    said_as = "error"


class IncompleteError(IngestError):
    """Nothing failed, yet something may be missing that a later run, or the user, has to bring."""

    status = 2
    said_as = "incomplete"


class LostConnectionError(IngestError):
    """The server of the warehouse went away in the middle of something."""


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, what it was raised for, and so on: the first that happened comes last."""
    seen: list[BaseException] = []
    inner: BaseException | None = error
    while inner is not None and inner not in seen:
        seen.append(inner)
        yield inner
        inner = inner.__cause__ or inner.__context__


def cause_of(error: BaseException) -> BaseException:
    """Return what `error` was raised for: the user's mistake where the chain holds one.

    dlt wraps what a source raises in errors of its own steps; the one that tells the user
    something is inside. Without an `IngestError` in the chain, the innermost cause is returned.
    """
    chain = list(chain_of(error))
    return next((one for one in chain if isinstance(one, IngestError)), chain[-1])


def one_line(error: BaseException) -> str:
    """Return an error as one printable line without secrets; its kind where it has no text."""
    return printable(masked(" ".join(str(error).split()))) or type(error).__name__
