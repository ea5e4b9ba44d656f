"""The server: the embedded PostgreSQL, connections and roles, raw schemas, dbt's way to them."""
