# The project and its environment, for `docker compose up`. What it runs are the Makefile's targets.
# Another base needs Python 3.10 or newer with venv, apt and setpriv: --build-arg BASE=...
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}

# Newer patches of make matter less than a build that still works next year.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*

# The user who owns ./data on the host, so that exports can be written and read there.
ARG WAREHOUSE_UID=1000
RUN useradd --uid "${WAREHOUSE_UID}" --create-home warehouse
WORKDIR /warehouse

# Installed before the code arrives: only a changed lock installs anew. The environment wants
# the description's file and the package's folder to exist, not what is in them.
COPY Makefile pyproject.toml requirements.lock ./
RUN touch README.md && mkdir -p ingest/warehouse/dbt_plugin && PIP_NO_CACHE_DIR=1 make install

COPY dbt_project.yml profiles.yml ./
COPY .dlt .dlt
COPY ingest ingest
COPY dbt_project dbt_project

# Code and environment stay root's, read-only to whoever runs; these are for what runs make.
RUN install --directory --owner=warehouse --group=warehouse .postgres data logs target
ENV PYTHONUNBUFFERED=1
USER ${WAREHOUSE_UID}
CMD ["make", "help"]
