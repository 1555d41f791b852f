# syntax=docker/dockerfile:1
# The steps are in manifests/docker/steps.sh, so that they can be run, and are tested, without Docker too.

FROM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY manifests/docker/steps.sh manifests/docker/
RUN sh manifests/docker/steps.sh install
COPY . .
RUN sh manifests/docker/steps.sh build && sh manifests/docker/steps.sh trim

FROM node:26-slim
LABEL org.opencontainers.image.title="LLM Incident Manager" \
      org.opencontainers.image.description="A self-hosted ChatOps incident bot: alerts in, war room open, incident run and resolved." \
      org.opencontainers.image.licenses="MIT"
# Root owns the program, so the user it runs as cannot change it. Only /data and /tmp are written.
COPY --from=build /app /app
RUN sh /app/manifests/docker/steps.sh finish
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/app/manifests/docker/health.ts"]
# Node itself is process 1: it hears SIGTERM, finishes what it has begun and ends with 0. It starts no other process.
# 64 MiB for what is young: what waits for its commit is not copied to and fro meanwhile. Nothing is put among what is old
# from the beginning: what is dead there keeps alive whatever it points to, and 6 MB of that was copied each 100 ms.
CMD ["node", "--max-semi-space-size=64", "--no-allocation-site-pretenuring", "src/main.ts"]
