"""Classification: images go to the model behind a broker, its labels come back.

    folder of images -> raw_classification.images      one row a file that was read, good or bad
                     -> raw_classification.requests    one row for each time an image is asked for
    broker           -> raw_classification.replies     one row a reply, as it came and taken apart
                     -> raw_classification.pages       what was counted, one row a load

    ingest classification --images DIR --broker amqp://USER:PASSWORD@HOST/

The order is what makes a kill harmless: a request is landed, then sent; a reply is landed, then
acknowledged. Rules on what a reply is worth are in `dbt_project/models/staging/classification`.
"""
