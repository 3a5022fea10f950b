//! The method that opens the bytes is not public.

fn main() {
    let raw = hushlog::Raw::new(b"user@example.com".to_vec());
    let _ = raw.expose();
}
