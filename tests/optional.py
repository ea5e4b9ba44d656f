"""What tests want beside Python and make: skipped with one line where it is missing.

`TESTS_REQUIRE` names what must be there, as `.ci/run` does: "nginx caddy rabbitmq". Then a test
that misses it fails.
"""

import os

import pytest


def need(what: str, is_here: bool) -> None:
    """Skip the test, or fail it where `what` is required, unless it is here."""
    if is_here:
        return
    if what in os.environ.get("TESTS_REQUIRE", "").split():
        pytest.fail(f"{what} is required, and not here")
    pytest.skip(f"{what} is not here")
