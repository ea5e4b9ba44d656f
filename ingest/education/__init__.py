"""Education: a live database, a paged API and a growing log.

    test_runs.log -> raw_education.log_lines    one row a line, as text or bytes, with its offset
                  -> raw_education.log_reads    one row for each piece of a file that was read
    students.db   -> raw_education.students     the rows of each hundred ids that changed
                  -> raw_education.student_chunks   what each hundred ids held when it was read
    GET /batches  -> raw_education.batches      one row an object not landed before
                  -> raw_education.batch_pages  one row a reply that held such objects

    ingest education --students FILE --batches-url URL --test-runs FILE

How far each was read is asked of these tables; nothing is kept beside them. Rules on what the
values mean are in `dbt_project/models/staging/education`.
"""
