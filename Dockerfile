FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY parsepy ./parsepy
RUN python -m venv /opt/parsepy && /opt/parsepy/bin/pip install --no-cache-dir .

FROM python:3.12-slim
COPY --from=build /opt/parsepy /opt/parsepy
# The folder exists before the volume does, so that the volume belongs to the user.
RUN useradd --system --home-dir /var/lib/parsepy --create-home parsepy \
    && install --directory --owner=parsepy --mode=0700 /var/lib/parsepy/parse-data
ENV PATH="/opt/parsepy/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PARSE_SERVER_HOST=0.0.0.0 \
    PARSE_SERVER_LOGS_FOLDER=/var/lib/parsepy/parse-data/logs
USER parsepy
WORKDIR /var/lib/parsepy
VOLUME /var/lib/parsepy/parse-data
EXPOSE 1337
HEALTHCHECK --interval=10s --timeout=4s --start-period=5s CMD ["python", "-c", "\
import os, urllib.request as request; \
port = os.environ.get('PORT') or 1337; \
path = (os.environ.get('PARSE_SERVER_MOUNT_PATH') or '/parse').rstrip('/'); \
request.urlopen(f'http://127.0.0.1:{port}{path}/health', timeout=3)"]
ENTRYPOINT ["parsepy", "serve"]
