# The images of modstats: nothing but a program, the libraries that it is linked to, and the
# certificate authorities.
#
#   docker build --target operator  -t REGISTRY/operator:0.1.0  .
#   docker build --target collector -t REGISTRY/collector:0.1.0 .
#   docker build --target dashboard -t REGISTRY/dashboard:0.1.0 .

# The version of rust-toolchain.toml, which would fetch the same toolchain once more.
FROM rust:1.95.0-slim-trixie AS build
ENV RUSTUP_TOOLCHAIN=1.95.0
WORKDIR /modstats
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/modstats/target \
    set -eu; \
    cargo build --locked --profile dist \
      -p modstats-operator -p modstats-collector -p modstats-dashboard; \
    for room in operator collector dashboard; do \
      program=target/dist/modstats-$room; \
      mkdir -p /images/$room; \
      cp $program LICENSE /images/$room/; \
      cp --parents --dereference $(ldd $program | grep -o '/[^ ]*') \
        /etc/ssl/certs/ca-certificates.crt /etc/nsswitch.conf /images/$room/; \
    done

FROM scratch AS base
# A number, so that Kubernetes can tell that it isn't root.
USER 65532:65532

FROM base AS operator
COPY --from=build /images/operator /
ENTRYPOINT ["/modstats-operator"]

FROM base AS collector
COPY --from=build /images/collector /
ENTRYPOINT ["/modstats-collector"]

FROM base AS dashboard
COPY --from=build /images/dashboard /
ENTRYPOINT ["/modstats-dashboard"]
