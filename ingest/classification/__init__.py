"""Classification: images go to the model behind a broker, its labels come back.

    folder of images -> raw_classification.images          one row a reading of a file, good or bad
                     -> raw_classification.removed_images  one row each time a file loses an image
                     -> raw_classification.requests        one row each time a label is asked for
    broker           -> raw_classification.replies         one row a reply, as it came, taken apart
                     -> raw_classification.pages           one row a count of a folder or queue

    ingest classification --images DIR --broker amqp://USER:PASSWORD@HOST/

The order is what makes a kill harmless: a request is landed, then sent; a reply is landed, then
acknowledged. Rules on what a reply is worth are in `dbt_project/models/staging/classification`.
"""
