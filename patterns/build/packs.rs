//! The names of the national identifiers, apart from the key names: they cost nothing while every pack is off.
//!
//! Writes the list of packs, the names in byte order with the kinds of each, and one bit for each
//! possible last four bytes of a name, which drops most words of a line.

use crate::data::{Detector, KeysFile};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The group whose kinds come in packs.
const GROUP: &str = "national";

pub(crate) fn emit(out: &mut String, file: &KeysFile, detectors: &[Detector]) {
    let own = || detectors.iter().enumerate().filter(|(_, detector)| detector.group == GROUP);
    for (_, detector) in own() {
        let quiet = detector.tokens.is_empty() && detector.finder.is_none() && detector.anchors.is_empty();
        assert!(quiet, "{}: a national kind has no literal anchors: they would be searched with every pack off", detector.id);
        let codes = detector.region.split(' ').all(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase()));
        assert!(codes, "{}: `region` lists the packs as country codes in lower case", detector.id);
        assert!(detector.validator.is_some() && detector.keyed.is_some(), "{}: needs `validator` and `keyed`", detector.id);
        assert!(file.packs.contains_key(&detector.id), "keys.toml: no name for `{}` in [packs]", detector.id);
    }
    let packs: BTreeSet<&str> = own().flat_map(|(_, detector)| detector.region.split(' ')).collect();
    let packs: Vec<&str> = packs.into_iter().collect();
    let _ = writeln!(out, "pub(crate) static PACKS: [&str; {}] = {packs:?};", packs.len());

    let mut names: BTreeMap<&str, BTreeMap<usize, bool>> = BTreeMap::new();
    for kind in file.packs.keys() {
        assert!(own().any(|(_, detector)| detector.id == *kind), "keys.toml: `{kind}` in [packs] is no national kind");
    }
    for (at, detector) in own() {
        let listed = file.packs.get(&detector.id).into_iter().flatten();
        for name in listed.chain(&detector.context) {
            let strong = file.packs.get(&detector.id).is_some_and(|own| own.contains(name)) && !has_other_meanings(file, name);
            names.entry(name).or_default().insert(at, !strong);
        }
    }
    for name in &file.packs_shape_required.keys {
        assert!(names.contains_key(name.as_str()), "keys.toml: `{name}` of [packs_shape_required] is no name of a pack");
    }
    let _ = writeln!(out, "pub(crate) static PACK_NAMES: [PackName; {}] = [", names.len());
    for (name, kinds) in &names {
        let kinds: Vec<String> = kinds.iter().map(|(at, shape)| format!("(KindId({at}), {shape})")).collect();
        let _ = writeln!(out, "PackName {{ name: {name:?}, kinds: &[{}] }},", kinds.join(", "));
    }
    let _ = writeln!(out, "];");
    emit_ends(out, names.keys());
    emit_starts(out, names.keys());
}

fn has_other_meanings(file: &KeysFile, name: &String) -> bool {
    file.packs_shape_required.keys.contains(name)
        || file.shape_required.keys.contains(name)
        || file.kinds.values().chain(file.aliases.values()).any(|names| names.contains(name))
}

/// One bit for each last four bytes, five bits a byte; the same fold and hash as in `engine::verify::packs`.
fn emit_ends<'a>(out: &mut String, names: impl Iterator<Item = &'a &'a str>) {
    let fold = |byte: u8| if byte.is_ascii_alphanumeric() || byte >= 0x80 { u32::from(byte & 31) } else { 0 };
    let mut bits = vec![0u64; 1024];
    let mut set = |tail: [u32; 4]| {
        let code = tail[0] | tail[1] << 5 | tail[2] << 10 | tail[3] << 15;
        let bit = (code.wrapping_mul(0x9E37_79B1) >> 16) as usize;
        bits[bit >> 6] |= 1 << (bit & 63);
    };
    for name in names {
        // As written with separators, and joined as in camelCase.
        for spelling in [(*name).to_owned(), name.replace('_', "")] {
            match spelling.bytes().rev().map(fold).collect::<Vec<_>>().as_slice() {
                [a, b, c, d, ..] => set([*a, *b, *c, *d]),
                // Before a short name is no letter; what is before that may be anything.
                [a, b, c] => set([*a, *b, *c, 0]),
                [a, b] => (0..32).for_each(|any| set([*a, *b, 0, any])),
                _ => panic!("keys.toml: the name `{name}` is too short"),
            }
        }
    }
    let _ = writeln!(out, "pub(crate) static PACK_ENDS: [u64; 1024] = {bits:?};");
}

/// One bit for each length and first three bytes of a name; the same hash as in `engine::verify::packs`.
fn emit_starts<'a>(out: &mut String, names: impl Iterator<Item = &'a &'a str>) {
    let mut bits = vec![0u64; 64];
    for name in names {
        let byte = |at: usize| name.as_bytes().get(at).copied().map_or(0, u32::from);
        let code = byte(0) | byte(1) << 8 | byte(2) << 16 | (name.len() as u32) << 24;
        let bit = (code.wrapping_mul(0x9E37_79B1) >> 20) as usize;
        bits[bit >> 6] |= 1 << (bit & 63);
    }
    let _ = writeln!(out, "pub(crate) static PACK_STARTS: [u64; 64] = {bits:?};");
}
