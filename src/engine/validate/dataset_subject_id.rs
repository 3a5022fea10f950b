//! Subject of a research dataset inside a path: `/patient00123/study1`, `sub-01/ses-02`.
//!
//! A path segment is a subject word and digits, the BIDS form `sub-<label>` with a digit, or a
//! `p` and `s` number pair as hospital image sets use. `ImageNet` and COCO names have none of these.
//! Source: BIDS specification (entities), MIMIC-CXR and `CheXpert` folder layouts.

/// Words that stand directly before a subject number.
const WORDS: [&[u8]; 6] = [
    b"patient",
    b"subject",
    b"participant",
    b"case",
    b"person",
    b"donor",
];

/// True when some segment of the path names a subject.
pub(crate) fn valid(value: &[u8]) -> bool {
    let path = value.contains(&b'/');
    let clean = |b: &u8| b.is_ascii_alphanumeric() || b"/._-".contains(b);
    let mut before: &[u8] = b"";
    value.iter().all(clean)
        && value.split(|&b| b == b'/').any(|segment| {
            let pair = numbered(before, b"p", 6) && numbered(segment, b"s", 6);
            let split =
                WORDS.iter().any(|word| before.eq_ignore_ascii_case(word)) && number(segment, 2);
            before = segment;
            bids(segment) || pair || split || (path && worded(segment))
        })
}

/// `sub-01`: the label is alphanumeric with a digit in it.
fn bids(segment: &[u8]) -> bool {
    let label = segment
        .split(|&b| b == b'_')
        .next()
        .and_then(|head| head.strip_prefix(b"sub-"));
    label.is_some_and(|label| {
        label.iter().all(u8::is_ascii_alphanumeric) && label.iter().any(u8::is_ascii_digit)
    })
}

fn worded(segment: &[u8]) -> bool {
    WORDS.iter().any(|word| {
        let Some((head, rest)) = segment.split_at_checked(word.len()) else {
            return false;
        };
        let rest = rest
            .strip_prefix(b"_")
            .or_else(|| rest.strip_prefix(b"-"))
            .unwrap_or(rest);
        head.eq_ignore_ascii_case(word) && number(rest, 1)
    })
}

fn numbered(segment: &[u8], letter: &[u8], min: usize) -> bool {
    let stem = segment.split(|&b| b == b'.').next().unwrap_or_default();
    stem.strip_prefix(letter)
        .is_some_and(|digits| number(digits, min))
}

fn number(digits: &[u8], min: usize) -> bool {
    (min..=12).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "/patient00123/study1/view1.jpg",
            "sub-01/ses-02",
            "/p10000032/s50414267",
            "sub-01",
            "/data/subject_12/x",
            "files/p10/p10000032/s50414267.txt",
            "/patient/00123",
            "sub-A01_ses-1_T1w.nii.gz",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "/patience/10",
            "/subject",
            "sub_01",
            "sub-module/x",
            "n01440764/x.jpg",
            "patient00123",
            "/p10000032",
            "/case/a",
            "/patients/10",
            "sub-01 x",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
