# One image for both sides: `bridge` takes mail in, `receiver` keeps the dialogs.
# Pinned by tag and not by digest: none could be compared with a registry where this was written.
# Another base, best by its digest: --build-arg PYTHON_IMAGE=python:3.13-slim-trixie@sha256:…
ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
COPY ops/image/tools.lock ops/image/contents.py requirements.lock /build/
# Every file that is downloaded has a hash that is known: `make lock`. dkimpy alone has no wheel.
RUN python -m venv /build/tools \
 && /build/tools/bin/pip install --no-deps --require-hashes --only-binary :all: -r /build/tools.lock \
 && /build/tools/bin/pip wheel --no-deps --require-hashes --only-binary :all: --no-binary dkimpy \
      --no-build-isolation --wheel-dir /build/wheels -r /build/requirements.lock \
 && python -m venv --without-pip /opt/venv \
 && /build/tools/bin/pip --python /opt/venv/bin/python install --no-deps --no-index /build/wheels/*.whl
# The list of contents, CycloneDX: Python's packages, Debian's, Python.
COPY contract/__init__.py /build/contract/__init__.py
RUN cd /build && tools/bin/cyclonedx-py environment --sv 1.6 --output-reproducible /opt/venv/bin/python >packages.json \
 && tools/bin/python contents.py "$(python -c 'from contract import __version__; print(__version__)')" \
      <packages.json >sbom.cdx.json
COPY LICENSE /app/
COPY contract /app/contract
COPY bridge /app/bridge
COPY receiver /app/receiver
# Files that others may not read here (umask 077) are read by another user there. The root is read-only
# when it runs: else each ping would compile all modules anew.
RUN cp /build/sbom.cdx.json /app/ && chmod -R a+rX /app \
 && python -m compileall -q --invalidation-mode unchecked-hash /app

FROM ${PYTHON_IMAGE}
ARG PYTHON_IMAGE
ARG VERSION=unknown REVISION=unknown CREATED=unknown
# https://github.com/opencontainers/image-spec/blob/main/annotations.md; for a list of contents it has no name.
LABEL org.opencontainers.image.title="email-listener" \
      org.opencontainers.image.description="Keeps a mailbox's conversations as dialogs in MongoDB" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.created=$CREATED \
      org.opencontainers.image.base.name="docker.io/library/$PYTHON_IMAGE" \
      email-listener.sbom="/app/sbom.cdx.json"
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin listener \
 && install --directory --owner=listener --group=listener --mode=0700 /data /secret /backups
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /data
USER listener
VOLUME ["/data", "/secret", "/backups"]
# Both sides stop in order on SIGTERM, which is Docker's own choice.
CMD ["python", "-m", "receiver"]
