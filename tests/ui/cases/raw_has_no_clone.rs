//! A second copy of raw bytes could outlive the scan.

fn need<T: Clone>(_: T) {}

fn main() {
    need(hushlog::Raw::new(b"user@example.com".to_vec()));
}
