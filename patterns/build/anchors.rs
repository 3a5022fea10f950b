//! Literal anchors: the most telling four-byte window of each pattern, and the
//! prefilter tables that find all of them in one pass.
//!
//! Anchors are spread over eight buckets, as in the Teddy algorithm: a byte position
//! keeps one bit a bucket, and four positions in a row must agree. There are three such
//! sets of buckets: two for anchors that only count at the start of a word, which the
//! shapes can see, and one for anchors that count anywhere. Buckets are chosen so that
//! the expected number of false hits in log text is small, once for tables of 64 entries,
//! once for tables that look at the two halves of a byte apart, and once for the exact
//! tables behind both, which have 64 buckets.

use crate::data::{Detector, camel};
use crate::tokens::{ByteSet, Item, Program, parse};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Positions compared by the prefilter.
const WIDTH: usize = 4;
/// Anchors of the record structure, not of a kind: lines that a container runtime split.
const STRUCTURE: [&str; 3] = ["^stdout P ", "^stderr P ", "\",\"stream\":\"std"];
/// Anchors of names that are not of one kind: commands, closing tags, insertions, pairs, and lines of a manifest.
const NAMES: [(&str, &str); 95] = [
    ("Command", "^mysql"),
    ("Command", "^mariadb"),
    ("Command", "^curl[ \"']"),
    ("Command", "^redis-cli"),
    ("Command", "^docker login"),
    ("Command", "^podman login"),
    ("Command", "^sshpass"),
    ("Command", "^mongo[ dsh\"']"),
    ("Command", "^ldapsearch"),
    ("Command", "^sqlcmd"),
    ("Binds", "\\[\\[\"[A-Za-z_]"),
    ("Binds", "\\[\\[\\\\\""),
    ("ClosingTag", "</[A-Za-z_]"),
    ("ClosingTag", "<\\\\/[A-Za-z_]"),
    ("Insert", "^VALUES[ (\n\r]"),
    ("Insert", "^values[ (\n\r]"),
    ("Insert", "^Values[ (]"),
    ("Pair", "', [\"'bu]"),
    ("NamedLine", "^name: "),
    ("NamedLine", "^key: "),
    ("NamedLine", "^name\": "),
    ("NamedLine", "^Name\": "),
    ("NamedLine", "^key\": "),
    ("NamedLine", "^Key\": "),
    ("NamedLine", "^ParameterKey\": "),
    ("Setter", "\\.set[A-Z]"),
    ("Setter", "\\.set\\([\\\\\"']"),
    ("Setter", "\\.put\\([\\\\\"']"),
    ("Setter", "\\.option\\([\\\\\"']"),
    ("Setter", "\\.config\\([\\\\\"']"),
    ("Setter", "\\.header\\([\\\\\"']"),
    ("Arrow", " -> "),
    ("Setting", "assword,"),
    ("Setting", "\\.key,"),
    ("Setting", "\\.secret,"),
    ("Setting", "\\.token,"),
    ("Part", "form-data; name="),
    ("Phrase", "^AUTH\" \""),
    ("Phrase", "^requirepass\" \""),
    ("Phrase", "^ConvertTo-SecureString "),
    ("Phrase", "^add_user "),
    ("Phrase", "^change_password "),
    ("Phrase", "^setx "),
    ("Phrase", "^configure set "),
    ("Phrase", "^requirepass "),
    ("Phrase", "^masterauth "),
    ("Phrase", "^wandb login"),
    ("Phrase", "^temporary password is generated for "),
    ("Phrase", "^sqlplus "),
    ("Phrase", "^sqlldr "),
    ("Phrase", "^expdp "),
    ("Phrase", "^impdp "),
    ("Phrase", "^oracle:thin:"),
    ("Phrase", "^password [07] "),
    ("Phrase", "^secret 0 "),
    ("Phrase", "^key 7 "),
    ("Phrase", "^otpauth://"),
    ("Pgpass", ":[56]43[0-9]:"),
    ("Pgpass", ":\\*:\\*:"),
    ("Identified", "^IDENTIFIED [BW]"),
    ("Identified", "^SET PASSWORD"),
    ("Identified", "^set password"),
    ("Comparison", "^IN \\("),
    ("Comparison", "^in \\("),
    ("Comparison", "^LIKE "),
    ("Comparison", "^like "),
    ("Comparison", "^BETWEEN "),
    ("Comparison", "^between "),
    ("Sign", "[A-Za-z_\"`] [<>] ['0-9]"),
    ("Sign", "[A-Za-z_\"`] <>"),
    ("Duplicate", "^Duplicate entry "),
    ("Tabbed", "assword\t"),
    ("Tabbed", "PASSWORD\t"),
    ("Tabbed", "ecret\t"),
    ("Tabbed", "_key\t"),
    ("Tabbed", "_KEY\t"),
    ("Tabbed", "token\t"),
    ("Tabbed", "ssn\t"),
    ("Tabbed", "SSN\t"),
    ("Tabbed", "mrn\t"),
    ("Tabbed", "MRN\t"),
    ("Copied", "^COPY "),
    ("Copied", "^copy "),
    ("Record", "-\\[ RECORD "),
    ("Errors", "^validation error"),
    ("Unnamed", "^Failing row contains \\("),
    ("Unnamed", "^key value is \\("),
    ("Unnamed", "^parameters: \\$1 = "),
    ("Unnamed", "^Parameters=\\["),
    ("Unnamed", "^binding parameter \\["),
    ("Service", "^TTY="),
    ("Service", "^CMD \\("),
    ("Service", "^exceeded for "),
    ("Service", "^interactive for "),
    ("Service", "^pts/[0-9] for "),
];
/// Buckets of one table: the bits of a byte.
const BUCKETS: usize = 8;
/// Buckets of the exact tables for anchors at a word, of 64.
const WORD_BUCKETS: usize = 40;
/// Orders in which anchors are put into buckets to see which is best.
const ORDERS: usize = 3;
/// Lists of anchors by their first two bytes.
const PAIRS: usize = 4096;
/// Escapes that may hide a part of a value: character references (`&#64;`, `&#x40;`, `&amp;`,
/// `&quot;` ...), `\u00XX`, the rows of `\uXXXX` that hold look-alikes, ESC, raw or escaped, before a code,
/// quoted-printable, and the line ends and tabs of rsyslog.
const ESCAPES: [&str; 10] = [
    "&[#acglnpq][0-9bemoptuxX][0-9;imoprsA-F]",
    "\\\\u00",
    "\\\\u[23fF][02eEfF]",
    "\u{1b}\\[[ -?A-Zmsu]",
    "\\\\[eE]\\[[ -?A-Zmsu]",
    "\\\\x1[bB]",
    "\\\\033",
    "=3D",
    "=40",
    "#01[125]",
];
/// Share of bytes in log text that start a word.
const WORD_STARTS: f64 = 0.17;

/// How often each ASCII byte stands in log text, in 1/100,000; counted over system logs and
/// the same lines as JSON, smoothed.
const FREQUENCY: [u32; 128] = [
    78, 78, 78, 78, 78, 78, 78, 78, 78, 78, 630, 78, 78, 78, 78, 78, 78, 78, 78, 78, 78, 78, 78, 78, 78, 78, 78, 78, 78, 78, 78, 78, 8530,
    82, 3446, 91, 148, 79, 79, 97, 292, 292, 115, 81, 939, 1555, 2043, 580, 4385, 4466, 3467, 1476, 1416, 1833, 1297, 1289, 1306, 1038,
    3428, 134, 93, 415, 95, 79, 140, 367, 232, 403, 445, 275, 687, 120, 97, 649, 246, 135, 285, 324, 805, 639, 246, 113, 519, 488, 438,
    121, 103, 232, 101, 80, 351, 628, 82, 627, 78, 602, 78, 2812, 617, 1799, 1991, 5326, 650, 740, 1162, 2190, 163, 766, 1881, 1583, 2339,
    3549, 1108, 103, 2838, 2899, 3146, 1219, 658, 351, 296, 426, 118, 290, 81, 290, 78, 78,
];

type Window = [ByteSet; WIDTH];
type Weight = fn(&Window) -> f64;

#[derive(Clone)]
struct Anchor {
    sets: Window,
    back: usize,
    at_word: bool,
    action: String,
}

pub(crate) fn emit(out: &mut String, detectors: &[Detector], programs: &[Program], prose: &BTreeMap<String, Vec<String>>) {
    let mut anchors: Vec<Anchor> = Vec::new();
    for (at, program) in programs.iter().enumerate() {
        anchors.push(anchor(&detectors[program.detector].id, &program.items, !program.any_left, format!("Action::Token({at})")));
    }
    for detector in detectors {
        let Some(finder) = &detector.finder else { continue };
        for pattern in &detector.anchors {
            anchors.push(literal(&detector.id, pattern, format!("Action::Finder(Finder::{})", camel(finder))));
        }
    }
    // The first letters of the words, in both cases, and what may follow a short word.
    let heads: BTreeSet<String> = prose.values().flatten().map(|words| words.chars().take(WIDTH).collect()).collect();
    for head in heads {
        let any_case = |letter: char| if letter == ' ' { " ".to_owned() } else { format!("[{letter}{}]", letter.to_ascii_uppercase()) };
        let open = if head.len() < WIDTH { "[ #]" } else { "" };
        let pattern = format!("^{}{open}", head.chars().map(any_case).collect::<String>());
        anchors.push(literal("prose", &pattern, "Action::Finder(Finder::Prose)".to_owned()));
    }
    for (finder, pattern) in NAMES {
        anchors.push(literal("names", pattern, format!("Action::Finder(Finder::{finder})")));
    }
    for pattern in STRUCTURE {
        anchors.push(literal("structure", pattern, "Action::Split".to_owned()));
    }
    for pattern in ESCAPES {
        anchors.push(literal("escape", pattern, "Action::Escape".to_owned()));
    }
    emit_anchors(out, &anchors);
    // The shapes see where a word of letters starts; the other anchors at a word are checked later.
    let letters = |set: &ByteSet| (0..=255u8).all(|byte| byte.is_ascii_alphabetic() || !set.contains(byte));
    let (word, anywhere): (Vec<Anchor>, Vec<Anchor>) = anchors.into_iter().partition(|anchor| anchor.at_word && letters(&anchor.sets[0]));
    let mut all_exact = Vec::new();
    for (names, anchors, exact) in [(&["WORD_A", "WORD_B"][..], word, WORD_BUCKETS), (&["ANYWHERE"], anywhere, 64 - WORD_BUCKETS)] {
        let count = names.len() * BUCKETS;
        let [folded, halves] = [chance_folded, chance_by_halves].map(|weight| spread(&anchors, count, weight));
        all_exact.extend(spread(&anchors, exact, chance));
        for (at, name) in names.iter().enumerate() {
            let own = at * BUCKETS..(at + 1) * BUCKETS;
            emit_prefilter(out, name, &folded[own.clone()], &halves[own]);
        }
    }
    emit_exact(out, &all_exact);
}

/// An anchor of a finder; `^` says that it counts only at the start of a word.
fn literal(id: &str, pattern: &str, action: String) -> Anchor {
    let (at_word, pattern) = pattern.strip_prefix('^').map_or((false, pattern), |rest| (true, rest));
    anchor(id, &parse(id, pattern), at_word, action)
}

/// Chooses the rarest window among the positions whose offset from the start is fixed.
fn anchor(id: &str, items: &[Item], at_word: bool, action: String) -> Anchor {
    let mut fixed: Vec<ByteSet> = Vec::new();
    for item in items {
        fixed.extend(std::iter::repeat_n(item.set, usize::from(item.min)));
        if item.min != item.max {
            break;
        }
    }
    assert!(fixed.len() >= 3, "{id}: an anchor needs three fixed positions");
    let window = |back: usize| -> Window { std::array::from_fn(|at| fixed.get(back + at).copied().unwrap_or(ByteSet::ALL)) };
    let best = (0..fixed.len().min(128)).min_by(|a, b| chance(&window(*a)).total_cmp(&chance(&window(*b)))).unwrap_or(0);
    // The start of a word is seen for free: the window there may be four times weaker.
    let at_word = at_word && chance(&window(0)) * WORD_STARTS < chance(&window(best)) * 4.0;
    let back = if at_word { 0 } else { best };
    Anchor { sets: window(back), back, at_word, action }
}

fn share(contains: impl Fn(u8) -> bool) -> f64 {
    (0..=255u8).filter(|byte| contains(*byte)).map(|byte| FREQUENCY.get(usize::from(byte)).copied().unwrap_or(1)).sum::<u32>() as f64
        / 100_000.0
}

/// Chance that a window of log text fits the sets.
fn chance(sets: &Window) -> f64 {
    sets.iter().map(|set| share(|byte| set.contains(byte))).product()
}

/// The same for tables of 64 entries.
fn chance_folded(sets: &Window) -> f64 {
    sets.iter()
        .map(|set| {
            let entries = entries(set);
            share(|byte| entries >> entry(byte) & 1 == 1)
        })
        .product()
}

/// The entry of a byte: letters of both cases share one, as do control characters and signs.
fn entry(byte: u8) -> u8 {
    byte & 31 | byte >> 1 & 32
}

/// The entries of the bytes in a set, one bit each.
fn entries(set: &ByteSet) -> u64 {
    (0..=255u8).filter(|byte| set.contains(*byte)).fold(0, |entries, byte| entries | 1 << entry(byte))
}

/// The same for tables that look at the two halves of a byte apart.
fn chance_by_halves(sets: &Window) -> f64 {
    sets.iter()
        .map(|set| {
            let (low, high) = halves(set);
            share(|byte| low >> (byte & 15) & 1 == 1 && high >> (byte >> 4) & 1 == 1)
        })
        .product()
}

/// The low and the high halves of the bytes in a set, one bit each.
fn halves(set: &ByteSet) -> (u16, u16) {
    (0..=255u8).filter(|byte| set.contains(*byte)).fold((0, 0), |(low, high), byte| (low | 1 << (byte & 15), high | 1 << (byte >> 4)))
}

fn union_of<'a>(anchors: impl Iterator<Item = &'a Anchor>) -> Window {
    anchors.fold([ByteSet::EMPTY; WIDTH], |union, anchor| std::array::from_fn(|at| union[at].union(&anchor.sets[at])))
}

/// Fills `count` buckets: by falling weight, and in a few other orders; the best one counts.
fn spread(anchors: &[Anchor], count: usize, weight: Weight) -> Vec<Vec<Anchor>> {
    let mut state = 1u64;
    let tries = (0..ORDERS).map(|order| {
        let mut sorted: Vec<(f64, Anchor)> = anchors.iter().map(|anchor| (weight(&anchor.sets), anchor.clone())).collect();
        for (key, _) in sorted.iter_mut().filter(|_| order > 0) {
            // Knuth's generator; its upper bits are random enough.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *key *= 0.3 + 2.7 * (state >> 40) as f64 / f64::from(1 << 24);
        }
        sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let buckets = fill(sorted.into_iter().map(|(_, anchor)| anchor), count, weight);
        (buckets.iter().map(|bucket| weight(&union_of(bucket.iter()))).sum::<f64>(), buckets)
    });
    tries.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, buckets)| buckets).unwrap_or_default()
}

/// Fills `count` buckets: each anchor goes where it adds least, then moves as long as that helps.
fn fill(anchors: impl Iterator<Item = Anchor>, count: usize, weight: Weight) -> Vec<Vec<Anchor>> {
    let mut buckets: Vec<Vec<Anchor>> = vec![Vec::new(); count];
    for anchor in anchors {
        let best = cheapest(&buckets, &anchor, weight, None).0;
        buckets[best].push(anchor);
    }
    for _ in 0..2 {
        for from in 0..count {
            let mut at = 0;
            while at < buckets[from].len() {
                let rest = union_of(buckets[from].iter().enumerate().filter(|(other, _)| *other != at).map(|(_, anchor)| anchor));
                let saved = weight(&union_of(buckets[from].iter())) - weight(&rest);
                let (to, added) = cheapest(&buckets, &buckets[from][at], weight, Some(from));
                if added < saved * 0.999 {
                    let moved = buckets[from].remove(at);
                    buckets[to].push(moved);
                } else {
                    at += 1;
                }
            }
        }
    }
    buckets
}

/// The bucket, other than `but`, to which the anchor adds least, and how much.
fn cheapest(buckets: &[Vec<Anchor>], anchor: &Anchor, weight: Weight, but: Option<usize>) -> (usize, f64) {
    (0..buckets.len())
        .filter(|at| Some(*at) != but)
        .map(|at| {
            let own = buckets[at].iter();
            (at, weight(&union_of(own.clone().chain([anchor]))) - weight(&union_of(own)))
        })
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or((0, 0.0))
}

/// All anchors, and which of them begin with each pair of bytes.
fn emit_anchors(out: &mut String, anchors: &[Anchor]) {
    let _ = writeln!(out, "pub(crate) static ANCHORS: [Anchor; {}] = [", anchors.len());
    for anchor in anchors {
        let (value, fold, care) = quick(&anchor.sets);
        let sets: Vec<String> = anchor.sets.iter().map(|set| format!("ByteSet({:?})", set.0)).collect();
        let _ = writeln!(
            out,
            "Anchor {{ value: {value:#x}, fold: {fold:#x}, care: {care:#x}, sets: [{}], back: {}, at_word: {}, action: {} }},",
            sets.join(","),
            anchor.back,
            anchor.at_word,
            anchor.action
        );
    }
    let _ = writeln!(out, "];");
    let mut lists: Vec<Vec<usize>> = vec![Vec::new(); PAIRS];
    for (at, anchor) in anchors.iter().enumerate() {
        let members = |set: &ByteSet| (0..=255u8).filter(|byte| set.contains(*byte)).collect::<Vec<u8>>();
        let (firsts, seconds) = (members(&anchor.sets[0]), members(&anchor.sets[1]));
        for slot in firsts.iter().flat_map(|first| seconds.iter().map(|second| pair_slot(*first, *second))) {
            if lists[slot].last() != Some(&at) {
                lists[slot].push(at);
            }
        }
    }
    let starts: Vec<usize> = lists.iter().scan(0, |sum, list| Some(std::mem::replace(sum, *sum + list.len()))).collect();
    let all = lists.concat();
    let _ = writeln!(out, "pub(crate) static ANCHOR_STARTS: [u16; {}] = {:?};", PAIRS + 1, [starts, vec![all.len()]].concat());
    let _ = writeln!(out, "pub(crate) static ANCHOR_LISTS: [u16; {}] = {all:?};", all.len());
}

/// The same as `engine::candidates::literals::pair_slot`.
fn pair_slot(first: u8, second: u8) -> usize {
    usize::from((u16::from(first) << 8 | u16::from(second)).wrapping_mul(0x9E37) >> 4)
}

/// One comparison that drops most anchors: `(window | fold) & care == value`, where `care` leaves
/// out positions that take more than one letter.
fn quick(sets: &Window) -> (u32, u32, u32) {
    let mut parts = ([0u8; WIDTH], [0u8; WIDTH], [0u8; WIDTH]);
    for (at, set) in sets.iter().enumerate() {
        let members: Vec<u8> = (0..=255u8).filter(|byte| set.contains(*byte)).collect();
        match members.as_slice() {
            [only] => (parts.0[at], parts.2[at]) = (*only, 0xff),
            [upper, lower] if *lower == *upper | 0x20 => (parts.0[at], parts.1[at], parts.2[at]) = (*lower, 0x20, 0xff),
            _ => {}
        }
    }
    (u32::from_le_bytes(parts.0), u32::from_le_bytes(parts.1), u32::from_le_bytes(parts.2))
}

/// The exact tables: position, byte, and a bit for each bucket of all prefilters.
fn emit_exact(out: &mut String, buckets: &[Vec<Anchor>]) {
    let mut table = vec![[0u64; 256]; WIDTH];
    for (bit, bucket) in buckets.iter().enumerate() {
        for (row, set) in table.iter_mut().zip(union_of(bucket.iter())) {
            (0..=255u8).filter(|byte| set.contains(*byte)).for_each(|byte| row[usize::from(byte)] |= 1 << bit);
        }
    }
    let _ = writeln!(out, "pub(crate) const WORD_BUCKETS: u32 = {WORD_BUCKETS};");
    let _ = writeln!(out, "pub(crate) static LITERALS: [[u64; 256]; {WIDTH}] = {table:?};");
}

fn emit_prefilter(out: &mut String, name: &str, by_entries: &[Vec<Anchor>], by_halves: &[Vec<Anchor>]) {
    let mut folded = [[0u8; 64]; WIDTH];
    for (bit, bucket) in by_entries.iter().enumerate() {
        for (position, set) in union_of(bucket.iter()).iter().enumerate() {
            let entries = entries(set);
            for entry in (0..64).filter(|entry| entries >> entry & 1 == 1) {
                folded[position][entry] |= 1 << bit;
            }
        }
    }
    let mut low = [[0u8; 16]; WIDTH];
    let mut high = [[0u8; 16]; WIDTH];
    for (bit, bucket) in by_halves.iter().enumerate() {
        for (position, set) in union_of(bucket.iter()).iter().enumerate() {
            let (lows, highs) = halves(set);
            for half in 0..16 {
                low[position][half] |= u8::from(lows >> half & 1 == 1) << bit;
                high[position][half] |= u8::from(highs >> half & 1 == 1) << bit;
            }
        }
    }
    let _ = writeln!(out, "pub(crate) static {name}: Prefilter = Prefilter {{ folded: {folded:?}, low: {low:?}, high: {high:?} }};");
}
