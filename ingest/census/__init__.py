"""Census: people and places from two CSV files.

    people.csv, places.csv -> raw_census.people, raw_census.places    one row a record, all text
                           -> raw_census.malformed_lines              what is no record, as bytes
                           -> raw_census.files                        one row a file that was read

    ingest census --people FILE --places FILE

Rules on what the values mean are in `dbt_project/models/staging/census`.
"""
