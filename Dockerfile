# vrom serve over streamable HTTP.
#
#   docker build -t vrom .
#   docker run --rm -v vrom:/data vrom token new alice            # prints the token that clients send
#   docker run --read-only --tmpfs /tmp -v vrom:/data -p 127.0.0.1:8000:8000 vrom
#
# /data is VROM_HOME: models, tokens, indexes and, in /data/vroms, your cartridges. It is the only folder that must be
# writable, apart from /tmp with `--workers 2` or more. Without a token the server refuses to start.
#
# Clients that use a name other than localhost need `--allowed-host`; arguments replace the default ones:
#   docker run … vrom serve --transport streamable-http --host 0.0.0.0 --allowed-host docs.example.org
#
# The embedding model is fetched at build time. An empty named volume starts as a copy of the image's /data, so it has
# the model. A bind mount or a volume with files in it hides that copy; fetch the model into it once:
#   docker run --rm -v /srv/vrom:/data vrom model pull
# The mounted folder must belong to user 10001. Without the model, the server searches by words only.

FROM python:3.12-slim AS build

RUN pip install --no-cache-dir uv
ENV UV_PROJECT_ENVIRONMENT=/opt/vrom UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_NO_CACHE=1

WORKDIR /src
COPY . .
RUN uv sync --quiet --no-dev --no-editable --extra otel
RUN VROM_HOME=/data /opt/vrom/bin/vrom model pull && mkdir -p /data/vroms

FROM python:3.12-slim

RUN useradd --user-group --uid 10001 --no-create-home --home-dir /data vrom
COPY --from=build /opt/vrom /opt/vrom
COPY --from=build --chown=vrom:vrom /data /data

ENV PATH=/opt/vrom/bin:$PATH VROM_HOME=/data PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000

# /healthz answers as long as the process does. /readyz is for orchestrators: it is 503 until indexes are open.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]

ENTRYPOINT ["vrom"]
CMD ["serve", "--transport", "streamable-http", "--host", "0.0.0.0", "--port", "8000"]
