"""The `ingest` command, and `python -m ingest`: listens for Ctrl-C before anything else is loaded.

Loading takes longer than it takes to think better of it.
"""

from ingest.common import interrupt


def main() -> None:
    """Run the command line."""
    interrupt.watch()
    from ingest import cli

    cli.main()


if __name__ == "__main__":
    main()
