"""What is written from the marts: export files and the report."""
