//! What takes scrubbed bytes cannot be handed raw ones.

fn send(_: hushlog::Clean<'_>) {}

fn main() {
    send(hushlog::Raw::new(b"user@example.com".to_vec()));
}
