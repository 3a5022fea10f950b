//! A `Clean` cannot be built from its parts.

fn main() {
    let _ = hushlog::Clean {
        bytes: b"user@example.com",
    };
}
