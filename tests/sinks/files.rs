//! The file sink: what was acknowledged is in the files, whole, in order and masked.

use std::fs;

use super::Proxy;

#[test]
fn files_hold_what_was_acknowledged() {
    let proxy = Proxy::start("  out: { type: file, path: 'out/{source}-{pod|none}.ndjson', max_size: 20KiB, keep: 9, compression: zstd }");
    for body in 0..10 {
        let lines: String = (0..100).map(|line| format!("{{\"n\":{},\"mail\":\"user{line}@example.com\"}}\n", body * 100 + line)).collect();
        assert_eq!(proxy.post(&lines), 200);
    }
    let path = |end: &str| proxy.folder.path().join(format!("out/app-none.ndjson{end}"));
    let mut text = String::new();
    for number in (1..=9).rev() {
        if let Ok(packed) = fs::File::open(path(&format!(".{number}.zst"))) {
            text.push_str(&String::from_utf8(zstd::stream::decode_all(packed).unwrap()).unwrap());
        }
    }
    assert!(!text.is_empty(), "nothing was set aside");
    text.push_str(&fs::read_to_string(path("")).unwrap());
    let wanted: String = (0..1000).map(|n| format!("{{\"n\":{n},\"mail\":\"[EMAIL]\",\"residency.region\":\"eu-west-1\"}}\n")).collect();
    assert_eq!(text, wanted);
}
