# Build with: docker build --tag ndex-sync .
FROM python:3.13 AS build
COPY . /source
RUN python -m venv /opt/ndex-sync \
 && /opt/ndex-sync/bin/pip install --no-cache-dir --require-hashes --no-deps --requirement /source/.ci/runtime.txt \
 && /opt/ndex-sync/bin/pip install --no-cache-dir --no-deps --no-build-isolation /source

FROM python:3.13-slim
RUN apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/ndex-sync /opt/ndex-sync
ENV PATH=/opt/ndex-sync/bin:$PATH HOME=/tmp
USER 1000:1000
WORKDIR /work
ENTRYPOINT ["ndex-sync"]
