-- What the records come from, as of the build that published them
{{ published_origins('census') }}
