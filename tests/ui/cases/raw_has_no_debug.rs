//! A `Raw` in a log line would print the bytes.

fn main() {
    let raw = hushlog::Raw::new(b"user@example.com".to_vec());
    println!("{raw:?}");
}
