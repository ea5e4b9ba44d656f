"""What the Python readers of published tables share: a connection that asks, and a selection."""
