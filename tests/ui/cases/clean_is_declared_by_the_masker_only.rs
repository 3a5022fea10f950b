//! The function that declares bytes scrubbed is not public.

fn main() {
    let _ = hushlog::Clean::assume_scrubbed(b"user@example.com");
}
