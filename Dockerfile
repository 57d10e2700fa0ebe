FROM python:3.13-slim AS build
COPY requirements.lock /build/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /build/requirements.lock

FROM python:3.13-slim
RUN useradd --system --create-home --home-dir /var/lib/plut --uid 5201 plut
COPY --from=build /opt/venv /opt/venv
COPY src /app/src
COPY migrations /app/migrations
RUN python -m compileall -q /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app/src \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PLUT_HOST=0.0.0.0 \
    PLUT_DATA_DIR=/var/lib/plut
USER plut
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ.get(\"PLUT_PORT\", 8000)}/livez', timeout=2)"]
ENTRYPOINT ["python", "-m", "plut_api"]
CMD ["serve"]
