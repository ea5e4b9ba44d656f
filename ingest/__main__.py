"""Lets `python -m ingest` stand for the `ingest` command."""

from ingest.cli import main

main()
