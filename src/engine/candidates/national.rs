//! Shapes of national identifiers, found only while a pack is on.
//!
//! A second set of rows over the planes of a span, apart from those in `shapes` so that a scan without
//! packs does nothing of it. As there, a shape may be wider than what a verifier accepts, never narrower:
//! [`may_end_here`] and [`may_start_here`] are the same conditions on the bytes.

use super::shapes::{Family, Hits};
use crate::engine::classify::{Class, Lanes, Planes, WORDS};

/// Bytes from the start of a value in prose to its candidate.
pub(crate) const AHEAD: usize = 6;
/// Bytes before the end of a value that are looked at.
pub(crate) const BEHIND: usize = 8;

/// The last row of every plane that later rows look at.
#[derive(Clone, Copy)]
struct Before<L> {
    digit: L,
    upper: L,
    ud: L,
    word: L,
    letter: L,
    first: L,
    attached: L,
    outside: L,
    o2: L,
    o4: L,
    c0: L,
    c1: L,
    p0: L,
    p1: L,
    p2: L,
    u2: L,
    u4: L,
    u8: L,
    a2: L,
    a4: L,
    value: L,
    bracketed: L,
    joined: L,
    separator: L,
    start: L,
    strange: L,
    s2: L,
    d2: L,
    dash: L,
    dated: L,
    q1: L,
    qa: L,
    q2: L,
    qb: L,
    q3: L,
    space: L,
    numbers: L,
    sign: L,
    equals: L,
}

/// Finds the shapes row by row, keeping what the next row needs.
pub(crate) struct NationalShapes<L> {
    before: Before<L>,
}

impl<L: Lanes> NationalShapes<L> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        let zero = L::zero();
        Self {
            before: Before {
                digit: zero,
                upper: zero,
                ud: zero,
                word: zero,
                letter: zero,
                first: zero,
                attached: zero,
                outside: zero,
                o2: zero,
                o4: zero,
                c0: zero,
                c1: zero,
                p0: zero,
                p1: zero,
                p2: zero,
                u2: zero,
                u4: zero,
                u8: zero,
                a2: zero,
                a4: zero,
                value: zero,
                bracketed: zero,
                joined: zero,
                separator: zero,
                start: zero,
                strange: zero,
                s2: zero,
                d2: zero,
                dash: zero,
                dated: zero,
                q1: zero,
                qa: zero,
                q2: zero,
                qb: zero,
                q3: zero,
                space: zero,
                numbers: zero,
                sign: zero,
                equals: zero,
            },
        }
    }

    /// Appends the candidates of `words` words, the first byte of which is byte `start`.
    #[inline(always)]
    pub(crate) fn find(&mut self, planes: &Planes, words: usize, start: usize, hits: &mut Hits) {
        let words = words.min(WORDS);
        let mut at = 0;
        while at < words {
            self.row(planes, at, start + at * 64, hits);
            at += L::WORDS;
        }
    }

    #[inline(always)]
    fn row(&mut self, planes: &Planes, at: usize, base: usize, hits: &mut Hits) {
        let before = &self.before;
        macro_rules! behind {
            ($name:ident, $k:literal) => {
                $name.behind::<$k>(before.$name)
            };
        }
        macro_rules! plane {
            ($name:ident) => {
                L::load(planes.of(Class::$name), at)
            };
        }
        let digit = plane!(Digit);
        let upper = plane!(Upper);
        let lower = plane!(Lower);
        let under = plane!(Under);
        let colon = plane!(Colon);
        let equals = plane!(Equals);
        let closer = plane!(Closer);
        let dash = plane!(Dash);
        let dot = plane!(Dot);
        let space = plane!(Space);
        let ud = digit.or(upper);
        let word = ud.or(lower).or(under);
        // What stands in no value: the last eight bytes of one are free of it.
        let outside = lower.or(under).or(colon).or(equals);
        let o2 = outside.or(behind!(outside, 1));
        let o4 = o2.or(behind!(o2, 2));
        let o8 = o4.or(behind!(o4, 4));

        // The number of digits among the last eight bytes, by adding neighbours, then pairs, then fours.
        let one = behind!(digit, 1);
        let (c0, c1) = (digit.or(one).without(digit.and(one)), digit.and(one));
        let (e0, e1) = (behind!(c0, 2), behind!(c1, 2));
        let carry = c0.and(e0);
        let p0 = c0.or(e0).without(carry);
        let both = c1.or(e1).without(c1.and(e1));
        let p1 = both.or(carry).without(both.and(carry));
        let p2 = c1.and(e1).or(both.and(carry));
        let (f0, f1, f2) = (behind!(p0, 4), behind!(p1, 4), behind!(p2, 4));
        // Four or more: a four in either half, or two halves of two and more that make four.
        let low = p0.and(f0);
        let four = p2.or(f2).or(p1.and(f1)).or(p1.or(f1).and(low));

        // One run of seven or more capitals and digits, with a digit among its last seven.
        let u2 = ud.and(behind!(ud, 1));
        let u4 = u2.and(behind!(u2, 2));
        let a2 = c0.or(c1);
        let a4 = a2.or(behind!(a2, 2));
        // One of nineteen or more is longer than any identifier.
        let u8 = u4.and(behind!(u4, 4));
        let u16 = u8.and(behind!(u8, 8));
        let longer = u16.and(behind!(u4, 15));
        let run = u4.and(behind!(u4, 3)).and(a4.or(behind!(a4, 3))).without(longer);
        let d2 = digit.and(behind!(digit, 1));
        // 2015-10-18, which is in nearly every line.
        let dated = d2.and(behind!(dash, 2));
        let date = dated.and(behind!(dated, 3)).and(behind!(d2, 6)).and(behind!(d2, 8));
        let bracketed = closer.and(behind!(ud, 1)).and(behind!(d2, 3)).and(behind!(d2, 5));
        // 10.1.22.33: a fourth group of at most three digits.
        let d3 = d2.and(behind!(digit, 2));
        macro_rules! digits_after {
            ($name:ident) => {
                digit.and(behind!($name, 1)).or(d2.and(behind!($name, 2))).or(d3.and(behind!($name, 3)))
            };
        }
        let q1 = dot.and(behind!(digit, 1));
        let qa = digits_after!(q1);
        let q2 = dot.and(behind!(qa, 1));
        let qb = digits_after!(q2);
        let q3 = dot.and(behind!(qb, 1));
        let quad = digits_after!(q3);
        // `054 SM9IJ`: the last group of a British licence may hold one digit only.
        let licence = upper.and(behind!(upper, 1)).and(behind!(digit, 2)).and(behind!(space, 5)).and(behind!(d2, 6));
        let grouped = ud.and(four.or(licence)).without(o8).without(date.or(quad).or(longer));
        let value = run.or(grouped);
        // A point or dash after it may join it to a word, which only the next byte shows: one on, then.
        let joint = dot.or(dash);
        let closed = behind!(value, 1).without(word);
        let joined = closed.and(joint);
        hits.push_row(Family::Value, closed.without(joint).or(behind!(joined, 1)).or(behind!(bracketed, 1)), base);

        // Separators after a name. In a time such as 10:15 the digits before the colon are no end of a name.
        let letter = upper.or(lower).or(under);
        let first = digit.and(behind!(letter, 1));
        let attached = first.or(digit.and(behind!(first, 1)));
        let timed = colon.and(behind!(digit, 1)).without(behind!(attached, 1));
        let separator = equals.or(colon).without(timed);
        hits.push_row(Family::Name, behind!(separator, 1).without(colon.or(equals)), base);

        // Values after a name in prose: six bytes on, a digit among them; the third may be anything.
        // Before it is a blank that no number stands before, or a sign after a word; a dash joins.
        let numbers = digit.without(attached).or(closer).or(dash);
        let row = behind!(space, 1).and(behind!(numbers, 2));
        let sign = dot.or(colon);
        let inner = behind!(sign, 1).without(behind!(letter, 2));
        let start = ud.without(behind!(word, 1)).without(behind!(dash, 1)).without(behind!(equals, 1)).without(row.or(inner));
        let strange = outside.or(closer);
        let s2 = strange.or(behind!(strange, 1));
        let any_digit = behind!(a4, 1).or(behind!(a2, 5));
        let free = any_digit.without(behind!(s2, 1)).without(behind!(strange, 3)).without(behind!(strange, 5));
        hits.push_row(Family::Prose, behind!(start, 6).and(free), base);

        self.before = Before {
            digit,
            upper,
            ud,
            word,
            letter,
            first,
            attached,
            outside,
            o2,
            o4,
            c0,
            c1,
            p0,
            p1,
            p2,
            u2,
            u4,
            u8,
            a2,
            a4,
            value,
            bracketed,
            joined,
            separator,
            start,
            strange,
            s2,
            d2,
            dash,
            dated,
            q1,
            qa,
            q2,
            qb,
            q3,
            space,
            numbers,
            sign,
            equals,
        };
    }
}

/// Whether a value may end before `end`, as far as the shapes go.
pub(crate) fn may_end_here(hay: &[u8], end: usize) -> bool {
    let tail = hay.get(end.saturating_sub(BEHIND)..end).unwrap_or_default();
    let ud = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    let outside = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b':' | b'=');
    let Some(last) = tail.last() else { return false };
    let run = tail.len() >= 7 && tail.iter().rev().take(7).all(ud) && tail.iter().rev().take(7).any(u8::is_ascii_digit);
    let licence = matches!(tail, [first, second, b' ', _, _, digit, third, fourth]
        if first.is_ascii_digit() && second.is_ascii_digit() && digit.is_ascii_digit()
            && third.is_ascii_uppercase() && fourth.is_ascii_uppercase());
    let digits = if licence { 3 } else { 4 };
    run || *last == b')' || ud(last) && tail.iter().filter(|byte| byte.is_ascii_digit()).count() >= digits && !tail.iter().any(outside)
}

/// Whether a value in prose may start at `start`, as far as the shapes go.
pub(crate) fn may_start_here(hay: &[u8], start: usize) -> bool {
    let Some(head) = hay.get(start..start + AHEAD) else { return false };
    let strange = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b':' | b'=' | b')' | b']');
    let before = |back: usize| start.checked_sub(back).and_then(|at| hay.get(at)).copied().unwrap_or(b'\n');
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let apart = match before(1) {
        b' ' if before(2).is_ascii_digit() => letter(before(3)) || before(3).is_ascii_digit() && letter(before(4)),
        b' ' => !matches!(before(2), b')' | b']' | b'-'),
        b'.' | b':' => letter(before(2)),
        b'-' | b'=' => false,
        previous => !(letter(previous) || previous.is_ascii_digit()),
    };
    let own = head.first().is_some_and(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    own && apart && head.iter().any(u8::is_ascii_digit) && !head.iter().enumerate().any(|(at, byte)| at != 2 && strange(byte))
}
