//! The vector kernels against the portable one: the same planes, the same candidates.
//!
//! The planes of literals may fire on more places than the exact ones, never on fewer;
//! after the exact comparison of anchors nothing of the difference may be left.

use super::portable::CLASSES;
use super::{Kernel, Planes, SPAN, scan};
use crate::engine::candidates::literals::anchors_at;
use crate::engine::candidates::shapes::{Family, Hits};

#[path = "../../../tests/recall/rng.rs"]
#[expect(dead_code, reason = "shared with the recall test, which uses more of it")]
mod rng;
use rng::Rng;

/// Inputs of the random test, for each kernel.
const BLOCKS: usize = 100_000;

/// What one kernel made of one input.
struct Outcome {
    planes: Box<Planes>,
    hits: Hits,
    lists: [Vec<u32>; Family::ALL.len()],
}

impl Outcome {
    fn new() -> Self {
        Self { planes: Planes::new(), hits: Hits::new(), lists: std::array::from_fn(|_| Vec::new()) }
    }

    fn run(&mut self, kernel: Kernel, hay: &[u8]) {
        self.lists.iter_mut().for_each(Vec::clear);
        let lists = &mut self.lists;
        scan(kernel, hay, &mut self.planes, &mut self.hits, &mut |hits| {
            for (list, family) in lists.iter_mut().zip(Family::ALL) {
                list.extend_from_slice(hits.of(family));
            }
        });
    }
}

/// Whether an anchor stands at `at` where its token may start.
fn is_anchor(hay: &[u8], at: u32) -> bool {
    let at = at as usize;
    let word = |at: usize| hay.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let mut stands = false;
    anchors_at(hay, at, |anchor| {
        let Some(start) = at.checked_sub(anchor.back) else { return };
        let inside = start > 0 && word(start - 1) && !(start > 1 && hay[start - 2] == b'\\');
        stands |= !(anchor.at_word && inside);
    });
    stands
}

/// Compares every vector kernel of this processor with the portable one; returns how many there were.
fn compare(hay: &[u8], oracle: &mut Outcome, vector: &mut Outcome) -> usize {
    oracle.run(Kernel::Portable, hay);
    // The planes hold the span scanned last.
    let words = hay.len() % SPAN / 64 + 1;
    let mut kernels = 0;
    for kernel in Kernel::ALL.into_iter().filter(|kernel| *kernel != Kernel::Portable && kernel.is_available()) {
        kernels += 1;
        vector.run(kernel, hay);
        for class in CLASSES {
            let (left, right) = (vector.planes.of(class), oracle.planes.of(class));
            assert_eq!(left[..words], right[..words], "{}: plane {class:?}, {} bytes", kernel.name(), hay.len());
        }
        for ((left, right), family) in vector.lists.iter().zip(&oracle.lists).zip(Family::ALL) {
            if family == Family::Literal {
                let left = left.iter().filter(|at| is_anchor(hay, **at));
                assert!(left.eq(right.iter().filter(|at| is_anchor(hay, **at))), "{}: anchors, {} bytes", kernel.name(), hay.len());
            } else {
                assert_eq!(left, right, "{}: candidates of {family:?}, {} bytes", kernel.name(), hay.len());
            }
        }
    }
    kernels
}

/// Ways to fill a block.
#[derive(Clone, Copy, Debug)]
enum Style {
    Random,
    Log,
    Marks,
    Anchors,
    Groups,
}

const STYLES: [Style; 5] = [Style::Random, Style::Log, Style::Marks, Style::Anchors, Style::Groups];

const WORDS_OF_LOGS: &[&str] = &[
    "2026-01-02T03:04:05.678Z",
    "INFO",
    "login ok",
    "user=jsample",
    "\"ssn\": \"",
    "password=",
    "10.0.0.1:8080",
    "u@example.com",
    "{\"a\":1,",
    "--token ",
    "%40",
    "\\u0041",
    "\\n",
    "at com.example.Main(Main.java:10)",
    "+14155550123",
    "DOE^JANE",
    "::1",
    "\n",
];

/// The starts of tokens and markers, whole and cut short.
const STARTS: &[&str] = &[
    "-----BEGIN ",
    "AKIA",
    "ghp_",
    "eyJ",
    "sk-",
    "xoxb-",
    "://",
    "Bearer ",
    "Basic ",
    "P<",
    "(01)",
    "1.2.",
    "MSH|",
    "PuTTY-User-Key-File",
    "geo:",
    "AIza",
    " P ",
    "{\"log\":\"",
    "data:image",
    "years old",
    "Dr. ",
    "glpat-",
];

fn fill(rng: &mut Rng, style: Style, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(length + 32);
    while bytes.len() < length {
        match style {
            Style::Random => bytes.extend_from_slice(&rng.next().to_le_bytes()),
            Style::Log => {
                bytes.extend_from_slice(rng.pick(WORDS_OF_LOGS).as_bytes());
                bytes.push(rng.pick(b"  \t=,:"));
            }
            Style::Marks => bytes.push(rng.pick(b"=::--..  __@+^%\\)(\"'{}[],0123456789aF\x7f\x80\xaf\xba\xc3\xff\0")),
            Style::Anchors => {
                let start = rng.pick(STARTS).as_bytes();
                let kept = if rng.one_in(3) { rng.between(1, start.len()) } else { start.len() };
                bytes.extend_from_slice(&start[..kept]);
                if rng.one_in(2) {
                    // The same byte but for one bit: a look-alike.
                    if let Some(last) = bytes.last_mut() {
                        *last ^= rng.pick(&[0x00, 0x20, 0x80, 0x10, 0x01]);
                    }
                }
                bytes.push(rng.pick(b" x_-=\\n"));
            }
            Style::Groups => {
                let count = rng.between(1, 6);
                let alphabet = rng.pick(&["0123456789", "0123456789abcdefABCDEF", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"]);
                bytes.extend_from_slice(rng.chars(alphabet, count).as_bytes());
                bytes.push(rng.pick(b"--::..  ()0A"));
            }
        }
    }
    bytes.truncate(length);
    bytes
}

#[test]
fn kernels_agree_on_random_and_adversarial_blocks() {
    let (mut oracle, mut vector) = (Outcome::new(), Outcome::new());
    let mut rng = Rng::new(0x5eed);
    for at in 0..BLOCKS {
        let length = match at % 400 {
            0 => rng.between(2 * SPAN - 70, 2 * SPAN + 70),
            200 => rng.between(SPAN - 70, SPAN + 70),
            _ => rng.between(0, 300),
        };
        let block = fill(&mut rng, STYLES[at % STYLES.len()], length);
        if compare(&block, &mut oracle, &mut vector) == 0 {
            return; // nothing but the portable kernel runs here
        }
    }
}

#[test]
fn kernels_agree_on_every_length() {
    let (mut oracle, mut vector) = (Outcome::new(), Outcome::new());
    let mut rng = Rng::new(7);
    for length in (0..=300).chain(SPAN - 70..=SPAN + 70).chain(2 * SPAN - 70..=2 * SPAN + 70) {
        for style in STYLES {
            let block = fill(&mut rng, style, length);
            compare(&block, &mut oracle, &mut vector);
        }
    }
}

#[test]
fn kernels_agree_on_every_byte_in_every_lane() {
    let (mut oracle, mut vector) = (Outcome::new(), Outcome::new());
    for around in [b'\0', b' ', b'1', b'A', 0xff] {
        for lane in 0..64 {
            let mut block = [around; 130];
            for byte in 0..=255 {
                block[lane] = byte;
                block[lane + 64] = byte;
                compare(&block, &mut oracle, &mut vector);
            }
        }
    }
}
