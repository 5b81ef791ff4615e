# Stays, and crawls each source when it is due. /archive holds the archive and, in sources/, the source files; /keys the key:
#   docker build -t fonds . && docker run --init -v "$PWD/archive:/archive" -v "$PWD/keys:/keys" fonds
FROM python:3.11-slim

WORKDIR /build
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY parsers ./parsers
COPY scraper ./scraper
RUN python -m pip install --no-cache-dir --disable-pip-version-check -c constraints.txt '.[evidence]' \
    && rm -rf /build \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /archive fonds \
    && install --directory --owner=fonds --group=fonds /archive /keys

USER fonds
WORKDIR /archive
VOLUME /archive /keys
ENV XDG_CONFIG_HOME=/keys FONDS_ARCHIVE=/archive/archive.db PYTHONUNBUFFERED=1
STOPSIGNAL SIGTERM
ENTRYPOINT ["fonds", "--sources", "/archive/sources"]
CMD ["--json-log", "schedule", "run"]
