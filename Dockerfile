# Two images from one file: `docker build --target agent .` and `docker build --target orchestrator .`
# Kept to what every builder understands, BuildKit or not: the engine's API builds it too.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No package gets to run a script of its own: neither build nor production needs one.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

# The agent comes before the orchestrator, because a builder without BuildKit runs every stage above the one asked for.
FROM node:24-bookworm-slim AS agent
# A named volume mounted on an empty folder takes over its owner: the workspace is writable without root ever entering the container.
RUN mkdir -p /workspace /opt/boardroom/cache && chown 1000:1000 /workspace /opt/boardroom/cache
COPY --from=build /app/dist/agents/agent.cjs /opt/boardroom/agent.cjs
ENV NODE_ENV=production NODE_COMPILE_CACHE=/opt/boardroom/cache
USER 1000:1000
# Bakes V8's compiled code into the image, so that no start of an agent compiles its bundle again. The folder's name holds Node's version
# and this user's id: a container under another user, or a base image swapped underneath, silently starts without it.
RUN node /opt/boardroom/agent.cjs --warm
WORKDIR /workspace
# No HEALTHCHECK: it would cost a process for every probe, and the heartbeat over the agent's socket tells more.
ENTRYPOINT ["node", "/opt/boardroom/agent.cjs"]

FROM node:24-bookworm-slim AS production
WORKDIR /app
COPY package.json package-lock.json ./
# The optional packages are the embedded Postgres, 60 MB that refuse to run as root: an orchestrator in a container has DATABASE_URL.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-bookworm-slim AS orchestrator
WORKDIR /app
COPY --from=production /app/node_modules node_modules
COPY package.json ./
COPY migrations migrations
COPY profiles profiles
COPY benchmarks benchmarks
COPY --from=build /app/dist dist
# All interfaces of the container, since its address is not known beforehand; which of the host's addresses reach it is the publisher's choice.
ENV NODE_ENV=production ORCHESTRATOR_HOST=0.0.0.0 BOARDROOM_HOME=/var/lib/boardroom LOG_TO=stdout
VOLUME /var/lib/boardroom
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ORCHESTRATOR_PORT || 8080}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Runs as root, on purpose: the Docker socket belongs to root and to a group whose number differs from host to host, so no fixed user can
# open it everywhere. Another user would protect little: whoever may speak to that socket can become root on the host.
# Take away the capabilities instead, as docker-compose.yml does; none is needed.
# The exec form makes node process 1, so that SIGTERM reaches it and not a shell.
CMD ["node", "--enable-source-maps", "dist/orchestrator/main.js"]
