# The page is the same for every architecture, so it is built once, natively.
FROM --platform=$BUILDPLATFORM node:24-slim AS page
WORKDIR /frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN --mount=type=cache,target=/var/cache/npm npm ci --cache /var/cache/npm --no-audit --no-fund
COPY frontend .
RUN npm run build

FROM python:3.14-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CACHE_DIR=/var/cache/pip
RUN python -m venv /venv
WORKDIR /app
# EXTRA="langgraph postgres" installs what these extras of pyproject.toml need as well.
ARG EXTRA=
COPY requirements*.txt ./
RUN --mount=type=cache,target=/var/cache/pip \
    set -- -r requirements.txt; for extra in $EXTRA; do set -- "$@" -r "requirements-$extra.txt"; done; \
    /venv/bin/pip install --require-hashes --only-binary=:all: --compile "$@" \
 && /venv/bin/pip uninstall --yes pip \
 && find /venv -name '*.po' -delete \
 && rm requirements*.txt
COPY manage.py ./
COPY docker docker
COPY src src
COPY --from=page /frontend/dist frontend/dist
RUN SECRET_KEY=only-while-static-files-are-collected-and-never-at-run-time PYTHONPATH=src /venv/bin/python manage.py collectstatic --no-input \
 && rm -r frontend \
 && /venv/bin/python -m compileall -q src docker

FROM python:3.14-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app/src \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8002
RUN rm -f /usr/local/bin/pip* /usr/bin/pip* \
 && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin app
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
EXPOSE 8002
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --start-interval=1s \
    CMD ["python", "/app/docker/healthcheck.py"]
CMD ["python", "/app/docker/serve.py"]
