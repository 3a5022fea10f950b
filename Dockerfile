# The image from source: a static binary, and nothing else in the image. For one from a prebuilt binary, see
# deploy/image/.
#   docker build -t registry.example/hushlog:0.1.0 --build-arg RUST=docker.io/library/rust@sha256:… .
# The base is pinned by you: its digest is not written here because it cannot be looked up where this file is
# tested. Without --build-arg the tag is used, which moves.
ARG RUST=docker.io/library/rust:1.95-bookworm
FROM ${RUST} AS build
RUN apt-get update && apt-get install -y --no-install-recommends cmake clang && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
ARG TARGET=x86_64-unknown-linux-gnu
RUN rustup target add ${TARGET}
# With a target named, build scripts and macros are built without the flag.
ENV RUSTFLAGS="-C target-feature=+crt-static"
RUN cargo build --locked --profile dist --bin hushlog --target ${TARGET} \
    && mkdir -p /out/usr/bin /out/etc/ssl/certs /out/var/lib/hushlog \
    && cp target/${TARGET}/dist/hushlog /out/usr/bin/ \
    && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/

FROM scratch
COPY --from=build /out/usr /usr
COPY --from=build /out/etc /etc
COPY --from=build --chown=65532:65532 /out/var/lib/hushlog /var/lib/hushlog
USER 65532:65532
ENTRYPOINT ["/usr/bin/hushlog"]
