//! What the tests of several checks have in common; built for tests only.
//!
//! A check is tried on vectors, on the check characters of many bodies, and on damaged vectors.

type Check = fn(&[u8]) -> bool;

/// Tries vectors; a vector with any byte changed, left out or doubled must not panic.
pub(crate) fn agrees(valid: Check, good: &[&str], bad: &[&str]) {
    for value in good {
        assert!(valid(value.as_bytes()), "{value} should pass");
    }
    for value in bad {
        assert!(!valid(value.as_bytes()), "{value} should not pass");
    }
    for value in good.iter().chain(bad).map(|value| value.as_bytes()) {
        for at in 0..value.len() {
            let (start, end) = value.split_at(at);
            for byte in 0..=255 {
                valid(&[start, &[byte], &end[1..]].concat());
            }
            valid(start);
            valid(end);
            valid(&[start, end, end].concat());
        }
    }
}

/// For each of a thousand bodies exactly one character of `alphabet` behind it passes.
pub(crate) fn exactly_one(valid: Check, alphabet: &[u8], body: impl Fn(usize) -> String) {
    for n in 0..1000 {
        let body = body(n);
        assert_eq!(fitting(valid, alphabet, &body), 1, "{body}");
    }
}

/// At most one passes, and for most bodies one does: some remainders are not issued.
pub(crate) fn at_most_one(valid: Check, alphabet: &[u8], body: impl Fn(usize) -> String) {
    let counts: Vec<usize> = (0..1000).map(|n| fitting(valid, alphabet, &body(n))).collect();
    assert!(counts.iter().all(|count| *count < 2));
    assert!(counts.iter().sum::<usize>() > 700, "{}", counts.iter().sum::<usize>());
}

fn fitting(valid: Check, alphabet: &[u8], body: &str) -> usize {
    alphabet.iter().filter(|check| valid(&[body.as_bytes(), &[**check]].concat())).count()
}
