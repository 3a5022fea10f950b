//! Values made coarse: a date becomes its year, an address its network.
//!
//! Called by the masker for the mask `generalise`; one pure function a family. What cannot be
//! read with certainty is not made coarse: the caller writes the label. What is coarse already
//! comes out as it went in, so that a second scrub changes nothing.
//! Source of the dates, ages and ZIP rules: 45 CFR 164.514(b)(2)(i)(B) and (C).

mod ages;
mod dates;
mod network;
mod position;
mod zip;

/// What a kind's values are, for this mask; `generalise` in the detector's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Date of birth: the year, or that it is long ago.
    Birth,
    /// Another date: the year.
    Date,
    /// Age in years: as it is up to 89, then `90+`.
    Age,
    /// US ZIP code: three digits, or `000`.
    Zip,
    /// Internet address: its network.
    Ip,
    /// Coordinates: one decimal.
    Position,
}

/// Writes the coarse form of `value`. Returns whether it could be read; if not, `out` is as it was.
///
/// `as_of` is the year in which ages are judged.
pub(crate) fn write(family: Family, value: &[u8], as_of: Option<u16>, out: &mut Vec<u8>) -> bool {
    let before = out.len();
    let written = match family {
        Family::Birth => dates::write_birth(value, as_of, out),
        Family::Date => dates::write(value, out),
        Family::Age => ages::write(value, out),
        Family::Zip => zip::write(value, out),
        Family::Ip => network::write(value, out),
        Family::Position => position::write(value, out),
    };
    if !written {
        out.truncate(before);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_coarse_stays_and_what_is_unclear_is_left_to_the_label() {
        let families = [Family::Birth, Family::Date, Family::Age, Family::Zip, Family::Ip, Family::Position];
        for text in [
            "1980-02-29",
            "1931",
            "<=1936",
            "45",
            "92 years old",
            "90+",
            "12345-6789",
            "03601",
            "203.0.113.7",
            "2001:db8:1:2::3",
            "51.5014, -0.1419",
            "POINT(16.3695 48.2010)",
            "u4pruyd9",
            "",
            " ",
            "-",
            "+",
            ".",
            "1e9",
            "\u{ff11}",
            "999999999999999999999",
        ] {
            for family in families {
                let (mut once, mut twice) = (b"x".to_vec(), Vec::new());
                if !write(family, text.as_bytes(), Some(2026), &mut once) {
                    assert_eq!(once, b"x");
                    continue;
                }
                let once = &once[1..];
                assert!(write(family, once, Some(2026), &mut twice), "{family:?} {text}");
                assert_eq!(once, twice, "{family:?} {text}");
            }
        }
    }
}
