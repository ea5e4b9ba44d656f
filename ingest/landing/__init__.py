"""How a source is landed: settings, run, ledger, progress, rounds. Knows no source by name."""
