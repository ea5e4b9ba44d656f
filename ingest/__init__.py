"""Lands what upstream systems hold in the raw schemas of Postgres, and drops nothing."""
