# One image for both sides: `bridge` takes mail in, `receiver` keeps the dialogs.
FROM python:3.13-slim-trixie AS build
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r /tmp/requirements.txt \
 && /opt/venv/bin/pip uninstall --yes pip

FROM python:3.13-slim-trixie
ARG VERSION=unknown REVISION=unknown CREATED=unknown
# https://github.com/opencontainers/image-spec/blob/main/annotations.md
LABEL org.opencontainers.image.title="email-listener" \
      org.opencontainers.image.description="Keeps a mailbox's conversations as dialogs in MongoDB" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.created=$CREATED \
      org.opencontainers.image.base.name="docker.io/library/python:3.13-slim-trixie"
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin listener \
 && install --directory --owner=listener --group=listener --mode=0700 /data /secret /backups
COPY --from=build /opt/venv /opt/venv
COPY LICENSE /app/
COPY contract /app/contract
COPY bridge /app/bridge
COPY receiver /app/receiver
WORKDIR /data
USER listener
VOLUME ["/data", "/secret", "/backups"]
# Both sides stop in order on SIGTERM, which is Docker's own choice.
CMD ["python", "-m", "receiver"]
