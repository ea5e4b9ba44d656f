"""What a user can mend: told in one line, never as a stack trace."""


class IngestError(Exception):
    """A cause that the user can act on; its text is the whole message.

    Raised for bad input, a busy source or an unreachable server. The command prints it as
    `error: ...` and exits with 1.
    """


def cause_of(error: BaseException) -> BaseException:
    """Return what `error` was raised for: the user's mistake where the chain holds one.

    dlt wraps what a source raises in errors of its own steps; the one that tells the user
    something is inside. Without an `IngestError` in the chain, the innermost cause is returned.
    """
    seen = [error]
    while (inner := seen[-1].__cause__ or seen[-1].__context__) is not None and inner not in seen:
        if isinstance(inner, IngestError):
            return inner
        seen.append(inner)
    return error if isinstance(error, IngestError) else seen[-1]
