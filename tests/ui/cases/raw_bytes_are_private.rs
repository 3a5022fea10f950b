//! The field that holds the bytes cannot be named.

fn main() {
    let raw = hushlog::Raw::new(b"user@example.com".to_vec());
    let _ = raw.bytes;
}
