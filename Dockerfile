# One image for all of our services; docker-compose.yml says which command each runs.

FROM python:3.13-slim-bookworm AS build

# An environment of its own is one folder to take along, and needs no pip of its own.
RUN ["python", "-m", "venv", "--without-pip", "/opt/konto"]

# The packages first: they change less often than the program. Wheels only, so that no compiler is needed.
COPY requirements/runtime.txt /build/requirements/runtime.txt
RUN ["pip", "--python", "/opt/konto/bin/python", "install", "--no-cache-dir", "--disable-pip-version-check", \
     "--only-binary", ":all:", "--require-hashes", "--requirement", "/build/requirements/runtime.txt"]

# setuptools came with the packages, so building asks for nothing more.
WORKDIR /build
COPY pyproject.toml LICENSE ./
COPY domain ./domain
COPY projections ./projections
COPY workers ./workers
COPY intake ./intake
COPY wiring ./wiring
COPY dashboard ./dashboard
COPY api ./api
COPY words ./words
COPY verifier ./verifier
RUN ["pip", "--python", "/opt/konto/bin/python", "install", "--no-cache-dir", "--disable-pip-version-check", \
     "--no-deps", "--no-build-isolation", "."]


FROM python:3.13-slim-bookworm

# The number is fixed, since it owns what lies in the volume. A new volume takes over folder, owner and mode.
RUN ["groupadd", "--gid", "10001", "konto"]
RUN ["useradd", "--uid", "10001", "--gid", "10001", "--no-create-home", "--home-dir", "/home/konto", \
     "--shell", "/usr/sbin/nologin", "konto"]
RUN ["install", "-d", "-o", "konto", "-g", "konto", "-m", "0700", "/home/konto/firm"]

COPY --from=build /opt/konto /opt/konto

# KONTO_CONTAINER: here, and only here, a service may answer on all addresses.
# Bytecode was made while building; the file system is read-only afterwards.
ENV PATH=/opt/konto/bin:$PATH \
    KONTO_HOME=/home/konto/firm \
    KONTO_CONTAINER=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

USER 10001:10001
WORKDIR /home/konto
VOLUME ["/home/konto/firm"]
EXPOSE 8501
STOPSIGNAL SIGTERM
ENTRYPOINT ["konto"]
