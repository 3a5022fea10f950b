//! The written forms of the national identifiers that are found without a key.
//!
//! A form is a layout such as `ddd-ddd-ddd`. Its signature, the lengths of its groups and what stands
//! between them, is what the scanner reads backwards from the end of a number; the forms are written in
//! the order of their signatures, with a bit for each signature, and for
//! each tail of one together with the separator before it.

use crate::data::Detector;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Most groups of a form, and most characters of a group; the same as in `engine::verify::national`.
const GROUPS: usize = 7;
const LONG: usize = 18;

pub(crate) fn emit(out: &mut String, detectors: &[Detector]) {
    let (mut forms, mut whole, mut tails) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for (at, detector) in detectors.iter().enumerate() {
        let id = &detector.id;
        assert!(detector.group == "national" || detector.alone.is_empty() && detector.near.is_empty(), "{id}: `alone` is for `national`");
        if detector.group == "national" {
            assert!(detector.alone.is_empty() == detector.confidence.is_none(), "{id}: `alone` and `confidence` belong together");
        }
        for (layouts, near) in [(&detector.alone, false), (&detector.near, true)] {
            for layout in layouts {
                let steps = signatures(layout).unwrap_or_else(|| panic!("{id}: `{layout}` is no form of groups"));
                let Some(((signature, _), before)) = steps.split_last() else { continue };
                whole.insert(*signature);
                tails.extend(before.iter().map(|(signature, separator)| signature << 3 | separator));
                forms.push((*signature, layout, at, near));
            }
        }
    }
    forms.sort();
    let _ = writeln!(out, "pub(crate) static FORMS: [Form; {}] = [", forms.len());
    for (signature, layout, kind, near) in &forms {
        let _ = writeln!(out, "Form {{ signature: {signature:#x}, kind: KindId({kind}), near: {near}, layout: {layout:?} }},");
    }
    let _ = writeln!(out, "];");
    for (name, set) in [("FORM_BITS", &whole), ("FORM_TAILS", &tails)] {
        let mut bits = [0u64; 16];
        for signature in set {
            let bit = (signature.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize;
            bits[bit >> 6] |= 1 << (bit & 63);
        }
        let _ = writeln!(out, "pub(crate) static {name}: [u64; 16] = {bits:?};");
    }
}

/// The signatures of the last group, of the last two, and so on, and the separator before each; one byte a
/// group, the last group highest.
fn signatures(layout: &str) -> Option<Vec<(u64, u64)>> {
    let (body, mut after) = match layout.strip_suffix(')') {
        Some(body) => (body, 7),
        None => (layout, 0),
    };
    let (mut steps, mut signature) = (Vec::new(), 0u64);
    let mut rest = body;
    loop {
        let length = rest.bytes().rev().take_while(|byte| matches!(byte, b'd' | b'A' | b'X')).count();
        if !(1..=LONG).contains(&length) || steps.len() == GROUPS {
            return None;
        }
        signature = signature << 8 | (length as u64) << 3 | after;
        rest = rest.get(..rest.len() - length)?;
        let Some(separator) = rest.bytes().last() else {
            steps.push((signature, 0));
            return Some(steps);
        };
        after = b"- ./+(".iter().position(|known| *known == separator)? as u64 + 1;
        steps.push((signature, after));
        rest = rest.get(..rest.len() - 1)?;
    }
}
