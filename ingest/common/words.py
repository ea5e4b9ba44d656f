"""Words for people: numbers with their nouns, and text of foreign origin made harmless."""

from unicodedata import category

COMMANDING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: 1 row, 2,000 rows; `many` where the plural is another word."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def printable(text: str) -> str:
    """Return a text of foreign origin with escapes in place of what would command a terminal.

    That is each control character but the ends of lines, and what turns the direction of writing.
    """
    return "\n".join(map(_printable, text.split("\n")))


def _printable(line: str) -> str:
    if line.isprintable():  # as nearly every line is: a log has one for each image and step
        return line
    return "".join(
        character.encode("unicode_escape").decode()
        if category(character) in COMMANDING
        else character
        for character in line
    )
