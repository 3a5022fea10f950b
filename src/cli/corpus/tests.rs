//! Unit tests of the corpus.

use super::*;

fn corpus(seed: u64, json: bool) -> (String, u64) {
    let mut bytes = Vec::new();
    let lines = Corpus::new(seed, json).fill(&mut bytes, 200_000);
    (String::from_utf8(bytes).unwrap(), lines)
}

#[test]
fn a_seed_gives_one_corpus_and_no_line_comes_twice() {
    let (text, count) = corpus(1, false);
    assert_eq!(corpus(1, false), (text.clone(), count));
    assert_ne!(corpus(2, false).0, text);
    let mut lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len() as u64, count);
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len() as u64, count);
    assert!(!text.contains('%'));
    let values = text.matches("@example.com").count() as u64;
    assert!((count / 1000..count / 100).contains(&values), "{values} of {count}");
}

#[test]
fn json_is_json() {
    let (text, _) = corpus(3, true);
    for line in text.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let log = record.get("log").and_then(|log| log.as_str()).unwrap();
        if log.starts_with('{') {
            assert!(serde_json::from_str::<serde_json::Value>(log).is_ok(), "{log}");
        }
    }
}

#[test]
fn cards_hold_their_check_digit() {
    let mut card = Vec::new();
    Corpus::new(5, false).card(&mut card);
    let digits = card.iter().rev().enumerate();
    let sum: u32 = digits
        .map(|(at, digit)| {
            let digit = u32::from(digit - b'0') * (1 + at as u32 % 2);
            digit / 10 + digit % 10
        })
        .sum();
    assert_eq!((card.len(), sum % 10), (16, 0));
}
