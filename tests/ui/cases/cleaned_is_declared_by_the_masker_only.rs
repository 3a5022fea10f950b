//! The function that declares a value scrubbed is not public.

fn main() {
    let _ = hushlog::Cleaned::assume_scrubbed(b"user@example.com".into());
}
