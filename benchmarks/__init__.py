"""Speed of the project, measured here and now: `make bench`. Figures, never a verdict."""
