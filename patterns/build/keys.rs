//! Key names: a perfect hash of all of them, and the suffix filter before it.
//!
//! The hash walks a name from its last byte to its first, so that one walk can ask at
//! every `_` whether the segments seen so far are a name (`billing_contact_email`
//! asks for `email`, `contact_email` and the whole).

use crate::data::KeysFile;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Slots of the table; a power of two well above the number of names.
const SLOTS: usize = 2048;
/// First-level buckets of the perfect hash.
const SEEDS: usize = 256;

struct Key {
    name: String,
    /// `None`: a veto, a name that means nothing although its last segments would.
    kind: Option<usize>,
    shape: bool,
}

pub(crate) fn emit(out: &mut String, file: &KeysFile, index: &BTreeMap<&str, usize>) {
    let mut keys: Vec<Key> = Vec::new();
    for (kind, names) in file.kinds.iter().chain(&file.aliases) {
        let Some(kind_index) = index.get(kind.as_str()) else { panic!("keys.toml: unknown kind `{kind}`") };
        for name in names {
            assert!(keys.iter().all(|key| key.name != *name), "keys.toml: key `{name}` stands twice");
            keys.push(Key {
                name: name.clone(),
                kind: (!file.veto.exact.contains(name)).then_some(*kind_index),
                shape: file.shape_required.keys.contains(name),
            });
        }
    }
    for name in &file.veto.exact {
        if keys.iter().all(|key| key.name != *name) {
            keys.push(Key { name: name.clone(), kind: None, shape: false });
        }
    }
    let _ = writeln!(out, "pub(crate) static KEYS: [Key; {}] = [", keys.len());
    for key in &keys {
        let _ = writeln!(
            out,
            "Key {{ name: {:?}, hash: {}, kind: KindId({}), needs_shape: {} }},",
            key.name,
            hash(&key.name),
            key.kind.map_or(u16::MAX, |kind| kind as u16),
            key.shape
        );
    }
    let _ = writeln!(out, "];");
    emit_hash(out, &keys);
    // `value` alone is asked about for the name beside it.
    let named = keys.iter().filter(|key| key.kind.is_some()).map(|key| key.name.as_str());
    let names = named.chain(file.url_params.keys.iter().map(String::as_str)).chain(["value", "parametervalue", "oldvalue", "newvalue"]);
    let owned: Vec<&str> = file.owned.values().flat_map(BTreeMap::keys).map(String::as_str).collect();
    emit_suffixes(out, names.clone().chain(owned.iter().copied()));
    emit_long_suffixes(out, names, &owned);
    emit_owned(out, file, &keys);
    emit_tails(out, &keys);
    emit_prose(out, file, &keys);
    emit_refinements(out, file, index);
    emit_set(out, "URL_PARAMS", &file.url_params.keys);
    emit_sorted(out, "SYSTEM_USER_PREFIXES", &file.system_users.prefixes);
    emit_sorted(out, "SYSTEM_USER_SUFFIXES", &file.system_users.suffixes);
    emit_set(out, "SYSTEM_USERS", &file.system_users.names);
    emit_set(out, "PLACEHOLDERS", &file.placeholders.values);
    let mut firsts = [0u64; 4];
    // The shapes of unfilled templates, stars and our own labels begin with one of these.
    for byte in file.placeholders.values.iter().filter_map(|value| value.to_lowercase().bytes().next()).chain(*b"[${<%*x :@") {
        firsts[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }
    let _ = writeln!(out, "/// First bytes of the placeholders.\npub(crate) static PLACEHOLDER_FIRSTS: ByteSet = ByteSet({firsts:?});");
}

fn emit_sorted(out: &mut String, name: &str, values: &[String]) {
    let mut values: Vec<String> = values.iter().map(|value| value.to_lowercase()).collect();
    values.sort();
    values.dedup();
    let _ = writeln!(out, "pub(crate) static {name}: [&str; {}] = {values:?};", values.len());
}

/// A set of lower-case words behind a hash table with twice as many slots.
pub(crate) fn emit_set(out: &mut String, name: &str, values: &[String]) {
    let mut values: Vec<String> = values.iter().map(|value| value.to_lowercase()).filter(|value| !value.is_empty()).collect();
    values.sort();
    values.dedup();
    let slots = (values.len() * 2).next_power_of_two();
    let mut table = vec![u16::MAX; slots];
    for (at, value) in values.iter().enumerate() {
        let mut slot = (hash(value) >> 40) as usize & (slots - 1);
        while table[slot] != u16::MAX {
            slot = (slot + 1) & (slots - 1);
        }
        table[slot] = at as u16;
    }
    let longest = values.iter().map(String::len).max().unwrap_or(0);
    let _ = writeln!(out, "pub(crate) static {name}: WordSet = WordSet {{ longest: {longest}, slots: &{table:?}, words: &{values:?} }};");
}

/// The same step as `engine::catalog::step`.
pub(crate) fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
}

fn hash(name: &str) -> u64 {
    name.bytes().rev().fold(0, step)
}

fn slot(hash: u64, seed: u16) -> usize {
    ((hash ^ u64::from(seed).wrapping_mul(0xD6E8_FEB8_6659_FD93)).wrapping_mul(0xA24B_AED4_963E_E407) >> 53) as usize
}

fn emit_hash(out: &mut String, keys: &[Key]) {
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); SEEDS];
    for (at, key) in keys.iter().enumerate() {
        groups[(hash(&key.name) >> 56) as usize].push(at);
    }
    let mut order: Vec<usize> = (0..SEEDS).collect();
    order.sort_by_key(|group| std::cmp::Reverse(groups[*group].len()));
    let mut seeds = vec![0u16; SEEDS];
    let mut table = vec![u16::MAX; SLOTS];
    for group in order {
        let hashes: Vec<u64> = groups[group].iter().map(|at| hash(&keys[*at].name)).collect();
        let seed = (0..u16::MAX).find(|seed| {
            let mut taken: Vec<usize> = hashes.iter().map(|hash| slot(*hash, *seed)).collect();
            let free = taken.iter().all(|slot| table[*slot] == u16::MAX);
            taken.sort_unstable();
            taken.dedup();
            free && taken.len() == hashes.len()
        });
        let seed = seed.unwrap_or_else(|| panic!("keys.toml: no perfect hash found"));
        seeds[group] = seed;
        for (at, hash) in groups[group].iter().zip(hashes) {
            table[slot(hash, seed)] = *at as u16;
        }
    }
    let _ = writeln!(out, "pub(crate) static KEY_SEEDS: [u16; {SEEDS}] = {seeds:?};");
    let _ = writeln!(out, "pub(crate) static KEY_SLOTS: [u16; {SLOTS}] = {table:?};");
}

/// Five bits of a byte of a name: letters and digits by their low bits, all others 0.
///
/// The same as `engine::candidates::keys::FOLD`.
fn fold(byte: u8) -> u32 {
    if byte.is_ascii_alphanumeric() { u32::from(byte & 31) } else { 0 }
}

/// Bit of the last four bytes of a name (the last one first); the same as in `plausible`.
fn suffix_bit(tail: [u32; 4]) -> usize {
    let code = tail[0] | tail[1] << 5 | tail[2] << 10 | tail[3] << 15;
    (code.wrapping_mul(0x9E37_79B1) >> 16) as usize
}

/// One bit for each possible last four bytes of a name; 64 Ki bits, one in 16 or fewer set.
fn emit_suffixes<'a>(out: &mut String, names: impl Iterator<Item = &'a str>) {
    let mut bits = vec![0u64; 1024];
    let mut set = |tail: [u32; 4]| bits[suffix_bit(tail) >> 6] |= 1 << (suffix_bit(tail) & 63);
    for name in names {
        // As written with separators, and joined as in camelCase.
        for spelling in [name.to_owned(), name.replace('_', "")] {
            let tail: Vec<u32> = spelling.bytes().rev().take(4).map(fold).collect();
            match tail.as_slice() {
                [a, b, c, d] => set([*a, *b, *c, *d]),
                // A short name stands alone: what is before it is no letter.
                [a, b, c] => set([*a, *b, *c, 0]),
                [a, b] => (0..32).for_each(|any| set([*a, *b, 0, any])),
                _ => {}
            }
        }
    }
    let _ = writeln!(out, "pub(crate) static KEY_SUFFIXES: [u64; 1024] = {bits:?};");
}

/// Bit of the last six bytes of a name (the last one first); the same as in `plausible`.
fn long_suffix_bit(tail: &[u32]) -> usize {
    let code = tail.iter().rev().fold(0u32, |code, byte| code << 5 | byte);
    (code.wrapping_mul(0x9E37_79B1) >> 16) as usize
}

/// Of the last bytes that [`emit_suffixes`] knows: one bit for each six of them, and one for each
/// four of a name that has no six. No letter stands before one of `owned`.
fn emit_long_suffixes<'a>(out: &mut String, names: impl Iterator<Item = &'a str>, owned: &[&str]) {
    let (mut long, mut short) = (vec![0u64; 1024], vec![0u64; 1024]);
    for name in names {
        for spelling in [name.to_owned(), name.replace('_', "")] {
            let tail: Vec<u32> = spelling.bytes().rev().take(6).map(fold).collect();
            let set = |bits: &mut Vec<u64>, bit: usize| bits[bit >> 6] |= 1 << (bit & 63);
            match *tail.as_slice() {
                [_, _, _, _, _, _] => set(&mut long, long_suffix_bit(&tail)),
                [a, b, c, d, ..] => set(&mut short, suffix_bit([a, b, c, d])),
                [a, b, c] => set(&mut short, suffix_bit([a, b, c, 0])),
                [a, b] => (0..32).for_each(|any| set(&mut short, suffix_bit([a, b, 0, any]))),
                _ => {}
            }
        }
    }
    for name in owned {
        let mut tail: Vec<u32> = name.bytes().rev().take(6).map(fold).collect();
        let short = tail.len() == 4;
        tail.resize(6, 0);
        for any in 0..if short { 32 } else { 1 } {
            if short {
                tail[5] = any;
            }
            let bit = long_suffix_bit(&tail);
            long[bit >> 6] |= 1 << (bit & 63);
        }
    }
    let _ = writeln!(out, "pub(crate) static KEY_LONG_SUFFIXES: [u64; 1024] = {long:?};");
    let _ = writeln!(out, "pub(crate) static KEY_SHORT_SUFFIXES: [u64; 1024] = {short:?};");
}

/// Names that say nothing alone, each with whose they have to be and the key it stands for; and the words that say whose they are.
fn emit_owned(out: &mut String, file: &KeysFile, keys: &[Key]) {
    let owner = |name: &str| name[..1].to_uppercase() + &name[1..];
    let mut owned = String::new();
    for (of, names) in &file.owned {
        for (name, key) in names {
            let at =
                keys.iter().position(|known| known.name == *key).unwrap_or_else(|| panic!("keys.toml: unknown key `{key}` in [owned]"));
            assert!(name.len() >= 4 && keys.iter().all(|known| known.name != *name), "keys.toml: `{name}` in [owned] is short, or a key");
            let _ = write!(owned, "Owned {{ name: b{name:?}, of: Owner::{}, key: {at} }},", owner(of));
        }
    }
    let count = file.owned.values().map(BTreeMap::len).sum::<usize>();
    let _ = writeln!(out, "pub(crate) static OWNED: [Owned; {count}] = [{owned}];");
    let words: Vec<String> =
        file.owners.iter().flat_map(|(of, words)| words.iter().map(move |word| format!("(b{word:?}, Owner::{})", owner(of)))).collect();
    let _ = writeln!(out, "pub(crate) static OWNERS: [(&[u8], Owner); {}] = [{}];", words.len(), words.join(","));
}

/// Words before a value in prose, each with its key, by their first three letters and the longest first; the value needs a shape there.
fn emit_prose(out: &mut String, file: &KeysFile, keys: &[Key]) {
    let mut words: Vec<(&str, usize)> = Vec::new();
    for (name, spellings) in &file.prose {
        let at = keys.iter().position(|key| key.name == *name).unwrap_or_else(|| panic!("keys.toml: unknown key `{name}` in [prose]"));
        words.extend(spellings.iter().map(|words| (words.as_str(), at)));
    }
    let head = |words: &str| {
        assert!(words.len() >= 3 && words.is_ascii(), "keys.toml: `{words}` in [prose] has less than three letters");
        let letters = words.bytes().chain(std::iter::repeat(0)).take(8);
        letters.fold((0u64, 0u64), |(letters, care), letter| match letter {
            0 => (letters << 8, care << 8),
            _ => (letters << 8 | u64::from(letter | 0x20), care << 8 | 0xff),
        })
    };
    words.sort_by_key(|(words, _)| (head(words).0 >> 40, std::cmp::Reverse(words.len()), *words));
    let heads: Vec<(u64, u64)> = words.iter().map(|(words, _)| head(words)).collect();
    let _ = writeln!(
        out,
        "/// The first eight letters of each, as a number, and the bits of it that count.\npub(crate) static PROSE_HEADS: [(u64, u64); {}] = {heads:?};",
        heads.len()
    );
    let _ = writeln!(out, "pub(crate) static PROSE: [(&[u8], u16, Key); {}] = [", words.len());
    for (words, at) in words {
        let key = &keys[at];
        let kind = key.kind.unwrap_or_else(|| panic!("keys.toml: `{}` in [prose] has no kind", key.name));
        let (name, hash) = (&key.name, hash(&key.name));
        let _ = writeln!(out, "(b{words:?}, {at}, Key {{ name: {name:?}, hash: {hash}, kind: KindId({kind}), needs_shape: true }}),");
    }
    let _ = writeln!(out, "];");
}

/// One bit for each hash of the last segments of a name, one segment to all of them, so that a walk
/// stops where no name can come of it.
fn emit_tails(out: &mut String, keys: &[Key]) {
    let mut bits = vec![0u64; 256];
    for key in keys {
        let starts = key.name.match_indices('_').map(|(at, _)| at + 1).chain([0]);
        for hash in starts.filter_map(|start| key.name.get(start..)).map(hash) {
            bits[(hash >> 56) as usize] |= 1 << (hash >> 50 & 63);
        }
    }
    let _ = writeln!(out, "pub(crate) static KEY_TAILS: [u64; 256] = {bits:?};");
}

/// Which other kinds the value under a kind's key may turn out to be.
fn emit_refinements(out: &mut String, file: &KeysFile, index: &BTreeMap<&str, usize>) {
    let at = |name: &String| index.get(name.as_str()).copied().unwrap_or_else(|| panic!("keys.toml: unknown kind `{name}` in [refine]"));
    let _ = writeln!(out, "pub(crate) static REFINE: [(KindId, &[KindId]); {}] = [", file.refine.len());
    for (from, to) in &file.refine {
        let to: Vec<String> = to.iter().map(|name| format!("KindId({})", at(name))).collect();
        let _ = writeln!(out, "(KindId({}), &[{}]),", at(from), to.join(","));
    }
    let _ = writeln!(out, "];");
}
