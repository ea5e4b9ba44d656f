"""Words for people."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: 1 row, 2,000 rows; `many` where the plural is another word."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
