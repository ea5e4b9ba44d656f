"""The parts of the command: which inputs serve, what looks after the warehouse, what cleans up."""
