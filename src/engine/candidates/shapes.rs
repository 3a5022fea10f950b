//! Shapes: rows of classes such as ddd-dd-dddd, found with shifts and ANDs.
//!
//! For a plane `x`, `behind!(x, k)` is the plane as it was k bytes earlier, so a shape
//! that ends here is the AND of a few shifted planes. Runs double: `d2` is "two digits
//! end here", `d4 = d2 & behind(d2, 2)`, and so on. The algebra is written once for all
//! register widths (see [`Lanes`]). Shapes may be wider than what a verifier accepts,
//! never narrower.

use crate::engine::classify::{Class, Lanes, Planes, SPAN, WORDS};

/// What kind of verifier looks at a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// One past a `=` or `:` that may follow a key.
    Key,
    /// At the first letter of a `--flag`.
    Flag,
    /// At an `@`.
    At,
    /// At the digit after a `+`.
    Plus,
    /// At a `^`.
    Caret,
    /// One past the last digit of a grouped or long number.
    Digits,
    /// At the first digit after the third dot or dash of a quad.
    Quad,
    /// Near the end of a MAC or IPv6 address.
    Hex,
    /// At the second check digit of what may be an IBAN.
    Iban,
    /// One past an identifier of capitals and digits.
    Upper,
    /// One past a postcode or a ZIP code after a state.
    Post,
    /// One past a run of 26 or more letters and digits.
    Run,
    /// One past a `%XX`, `\u00XX`, `=XX`, or a `+` between letters or digits.
    Escape,
    /// At a place where a literal anchor may start.
    Literal,
}

impl Family {
    /// Every family, in the order their candidates are verified.
    pub(crate) const ALL: [Self; 14] = [
        Self::Key,
        Self::Flag,
        Self::At,
        Self::Plus,
        Self::Caret,
        Self::Digits,
        Self::Quad,
        Self::Hex,
        Self::Iban,
        Self::Upper,
        Self::Post,
        Self::Run,
        Self::Escape,
        Self::Literal,
    ];
}

/// Room for a candidate at every byte of a span, and for what one step writes ahead.
const ROOM: usize = SPAN + 64;

/// Candidates of one span: byte offsets into the scanned bytes, by family.
pub(crate) struct Hits {
    lists: [List; Family::ALL.len()],
}

/// Offsets of one family, in order.
struct List {
    at: Box<[u32; ROOM]>,
    len: usize,
}

impl Hits {
    pub(crate) fn new() -> Self {
        Self { lists: std::array::from_fn(|_| List { at: Box::new([0; ROOM]), len: 0 }) }
    }

    pub(crate) fn clear(&mut self) {
        self.lists.iter_mut().for_each(|list| list.len = 0);
    }

    pub(crate) fn of(&self, family: Family) -> &[u32] {
        self.lists.get(family as usize).and_then(|list| list.at.get(..list.len)).unwrap_or_default()
    }

    #[inline(always)]
    fn push_row<L: Lanes>(&mut self, family: Family, row: L, base: usize) {
        if row.is_zero() {
            return;
        }
        let mut words = [0u64; 8];
        row.store(&mut words);
        if let Some(list) = self.lists.get_mut(family as usize) {
            list.push_words(&words, L::WORDS, base);
        }
    }
}

impl List {
    /// Appends the positions of all set bits.
    ///
    /// Four positions are written for each word whatever it holds, because a branch on
    /// the number of bits would be mispredicted more often than not.
    #[inline(never)]
    fn push_words(&mut self, words: &[u64; 8], count: usize, base: usize) {
        for (at, word) in words.iter().take(count).enumerate() {
            let start = (base + at * 64) as u32;
            let mut bits = *word;
            let total = bits.count_ones() as usize;
            let Some(room) = self.at.get_mut(self.len..).and_then(|rest| rest.first_chunk_mut::<4>()) else { return };
            for slot in room {
                *slot = start + bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
            if total > 4 {
                for slot in self.at.iter_mut().take(self.len + total).skip(self.len + 4) {
                    *slot = start + bits.trailing_zeros();
                    bits &= bits - 1;
                }
            }
            self.len += total;
        }
    }
}

macro_rules! state {
    ($($name:ident),* $(,)?) => {
        /// The last row of every plane that later rows look at.
        #[derive(Clone, Copy)]
        struct Before<L> { $($name: L),* }

        impl<L: Lanes> Before<L> {
            fn zero() -> Self {
                Self { $($name: L::zero()),* }
            }
        }
    };
}

state!(
    digit, upper, lower, hexd, alnum, word, ud, d2, d3, d4, d6, d8, h2, h4, a2, a4, a8, u2, u4, u8x, dot, dash, space, colon, plus,
    percent, equals, coded, backslash, escaped, paren, bracket, ds, s3, q1, qa, q2, qb, q3, r1, ra, r2, rb, r3, c1, ca, c2, cb, c3, cc,
    double, digits, named, post, long26, escape, timed, sep, dashdash,
);

/// Finds shapes row by row, keeping what the next row needs.
pub(crate) struct Shapes<L> {
    before: Before<L>,
}

impl<L: Lanes> Shapes<L> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self { before: Before::zero() }
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
        let before = self.before;
        macro_rules! behind {
            ($name:ident, $k:literal) => {
                $name.behind::<$k>(before.$name)
            };
        }
        macro_rules! all {
            ($first:expr $(, $rest:expr)* $(,)?) => { $first $(.and($rest))* };
        }
        macro_rules! any {
            ($first:expr $(, $rest:expr)* $(,)?) => { $first $(.or($rest))* };
        }
        macro_rules! plane {
            ($name:ident) => {
                L::load(planes.of(Class::$name), at)
            };
        }
        let digit = plane!(Digit);
        let upper = plane!(Upper);
        let lower = plane!(Lower);
        let dot = plane!(Dot);
        let dash = plane!(Dash);
        let space = plane!(Space);
        let colon = plane!(Colon);
        let equals = plane!(Equals);
        let under = plane!(Under);
        let at_sign = plane!(At);
        let plus = plane!(Plus);
        let caret = plane!(Caret);
        let percent = plane!(Percent);
        let backslash = plane!(Backslash);
        let paren = plane!(Paren);
        let bracket = plane!(Bracket);
        let hexd = digit.or(plane!(Hex));
        let alnum = any!(digit, upper, lower);
        let word = alnum.or(under);
        let ud = digit.or(upper);
        let ds = dash.or(space);
        let s3 = ds.or(dot);
        // The byte after a backslash belongs to the escape, not to the word behind it.
        let escaped = behind!(backslash, 1);

        // Runs of digits, hex digits, letters and digits.
        let d2 = digit.and(behind!(digit, 1));
        let d3 = d2.and(behind!(digit, 2));
        let d4 = d2.and(behind!(d2, 2));
        let d5 = d4.and(behind!(digit, 4));
        let d6 = d4.and(behind!(d2, 4));
        let d8 = d4.and(behind!(d4, 4));
        let d13 = all!(d8, behind!(d4, 8), behind!(digit, 12));
        let d23 = all!(d13, behind!(d8, 13), behind!(d2, 21));
        let h2 = hexd.and(behind!(hexd, 1));
        let h3 = h2.and(behind!(hexd, 2));
        let h4 = h2.and(behind!(h2, 2));
        let a2 = alnum.and(behind!(alnum, 1));
        let a4 = a2.and(behind!(a2, 2));
        let a8 = a4.and(behind!(a4, 4));
        let a16 = a8.and(behind!(a8, 8));
        let long26 = all!(a16, behind!(a8, 16), behind!(a2, 24));
        let u2 = ud.and(behind!(ud, 1));
        let u4 = u2.and(behind!(u2, 2));
        let u8x = u4.and(behind!(u4, 4));
        let u16x = u8x.and(behind!(u8x, 8));
        let up17 = u16x.and(behind!(ud, 16)).without(behind!(u2, 16));

        // Grouped and long numbers, as they end.
        let ssn = all!(d4, behind!(ds, 4), behind!(d2, 5), behind!(ds, 7), behind!(d3, 8));
        let area = any!(behind!(s3, 8).and(any!(behind!(d3, 9), behind!(paren, 9))), behind!(paren, 8));
        let nanp = all!(d4, behind!(s3, 4), behind!(d3, 5), area);
        let fours = all!(d4, behind!(ds, 4), behind!(d4, 5), behind!(ds, 9), behind!(d4, 10));
        let amex = all!(d5, behind!(ds, 5), behind!(d6, 6), behind!(ds, 12), behind!(d4, 13));
        let diners = all!(d4, behind!(ds, 4), behind!(d6, 5), behind!(ds, 11), behind!(d4, 12));
        let digits = any!(ssn, nanp, fours, amex, diners, d13.without(d23));
        hits.push_row(Family::Digits, behind!(digits, 1).without(any!(digit, under)), base);

        // Quads with dots, and with dashes: a group of one to three digits after each separator.
        macro_rules! digits_after {
            ($name:ident) => {
                any!(digit.and(behind!($name, 1)), d2.and(behind!($name, 2)), d3.and(behind!($name, 3)))
            };
        }
        let q1 = dot.and(behind!(digit, 1));
        let qa = digits_after!(q1);
        let q2 = dot.and(behind!(qa, 1));
        let qb = digits_after!(q2);
        let q3 = dot.and(behind!(qb, 1));
        let r1 = dash.and(behind!(digit, 1));
        let ra = digits_after!(r1);
        let r2 = dash.and(behind!(ra, 1));
        let rb = digits_after!(r2);
        let r3 = dash.and(behind!(rb, 1));
        hits.push_row(Family::Quad, digit.and(any!(behind!(q3, 1), behind!(r3, 1))), base);

        // Hardware addresses (five separators three bytes apart, or 4.4.4) and IPv6.
        macro_rules! hexes_after {
            ($name:ident) => {
                any!(hexd.and(behind!($name, 1)), h2.and(behind!($name, 2)), h3.and(behind!($name, 3)), h4.and(behind!($name, 4)),)
            };
        }
        let c1 = colon.and(behind!(hexd, 1));
        let ca = hexes_after!(c1);
        let c2 = colon.and(behind!(ca, 1));
        let cb = hexes_after!(c2);
        let c3 = colon.and(behind!(cb, 1));
        let cc = hexes_after!(c3);
        let c4 = colon.and(behind!(cc, 1));
        let mac = all!(dash, behind!(dash, 3), behind!(dash, 6), behind!(dash, 9), behind!(dash, 12), behind!(h2, 1));
        let cisco = all!(dot, behind!(h4, 1), behind!(dot, 5), behind!(h4, 6));
        // `::` counts where hex digits or nothing stand on both sides, which leaves paths such as a::b out.
        let open = colon.or(hexd);
        let double = colon.and(behind!(colon, 1)).without(behind!(word, 2).without(behind!(hexd, 2)).without(behind!(escaped, 2)));
        let pair = behind!(double, 1).without(word.without(hexd)).without(open.without(hexd));
        hits.push_row(Family::Hex, any!(c4, mac, cisco, pair), base);

        // IBAN: two capitals and two digits start here.
        let iban = all!(d2, behind!(upper, 2), behind!(upper, 3)).without(behind!(word, 4).without(behind!(escaped, 4)));
        hits.push_row(Family::Iban, iban, base);

        // Identifiers of capitals and digits: DEA, CLIA, USCIS, MBI, VIN.
        let d7 = d6.and(behind!(digit, 6));
        let dea = any!(all!(d7, behind!(upper, 7), any!(behind!(upper, 8), behind!(d2, 8))), d8.and(behind!(upper, 8)));
        let uscis = all!(d8, behind!(d2, 8), behind!(upper, 10), behind!(upper, 11), behind!(upper, 12));
        let mbi_tail = all!(d2, behind!(upper, 2), behind!(upper, 3));
        let mbi_plain = all!(
            mbi_tail,
            behind!(digit, 4),
            behind!(alnum, 5),
            behind!(upper, 6),
            behind!(digit, 7),
            behind!(upper, 9),
            behind!(digit, 10)
        );
        let mbi_dashed =
            all!(mbi_tail, behind!(dash, 4), behind!(digit, 5), behind!(upper, 7), behind!(dash, 8), behind!(digit, 9), behind!(upper, 11));
        let named = any!(dea, uscis, mbi_plain, mbi_dashed, up17);
        hits.push_row(Family::Upper, behind!(named, 1).without(word), base);

        // Postcodes: SW1A 1AA, K1A 0B1, and `, NY 12345`.
        let gb = all!(upper, behind!(upper, 1), behind!(digit, 2), behind!(space, 3), behind!(ud, 4), behind!(ud, 5));
        let ca_code =
            all!(digit, behind!(upper, 1), behind!(digit, 2), behind!(ds, 3), behind!(upper, 4), behind!(digit, 5), behind!(upper, 6));
        let zip = all!(d5, behind!(space, 5), behind!(upper, 6), behind!(upper, 7), behind!(space, 8));
        let post = any!(gb, ca_code, zip);
        hits.push_row(Family::Post, behind!(post, 1).without(word), base);

        // Long runs of letters and digits.
        hits.push_row(Family::Run, behind!(long26, 1).without(alnum), base);

        // Escapes that may hide a letter, a digit or a separator.
        // A key's value is no escape: `=3D` and the like have a capital, `=40` a domain behind it.
        let coded = behind!(equals, 2).and(behind!(digit, 1)).and(hexd);
        let at_code = behind!(coded, 1).and(upper.or(lower));
        let escape =
            any!(all!(h2, behind!(percent, 2)), all!(h2, behind!(d2, 2), behind!(lower, 4), behind!(backslash, 5)), coded.and(upper),);
        let plus_code = all!(alnum, behind!(plus, 1), behind!(alnum, 2));
        hits.push_row(Family::Escape, any!(behind!(escape, 1), at_code, plus_code), base);

        // Separators after what may be a key. A colon between digits is a time or a port.
        // After a bracket it ends a tag, such as `sshd[24200]:`.
        let timed = colon.and(behind!(digit, 1));
        let sep = equals.or(colon.without(any!(timed, behind!(bracket, 1), behind!(paren, 1))));
        let key = behind!(sep, 1).or(behind!(timed, 1).without(digit)).without(colon.or(equals));
        hits.push_row(Family::Key, key, base);
        let dashdash = dash.and(behind!(dash, 1)).without(behind!(word, 2));
        hits.push_row(Family::Flag, word.and(behind!(dashdash, 1)), base);

        hits.push_row(Family::At, at_sign, base);
        hits.push_row(Family::Plus, digit.and(behind!(plus, 1)), base);
        hits.push_row(Family::Caret, caret, base);
        let inside_word = behind!(word, 1).without(behind!(escaped, 1));
        hits.push_row(Family::Literal, plane!(Literal).or(plane!(WordLiteral).without(inside_word)), base);

        self.before = Before {
            digit,
            upper,
            lower,
            hexd,
            alnum,
            word,
            ud,
            d2,
            d3,
            d4,
            d6,
            d8,
            h2,
            h4,
            a2,
            a4,
            a8,
            u2,
            u4,
            u8x,
            dot,
            dash,
            space,
            colon,
            plus,
            percent,
            equals,
            coded,
            backslash,
            escaped,
            paren,
            bracket,
            ds,
            s3,
            q1,
            qa,
            q2,
            qb,
            q3,
            r1,
            ra,
            r2,
            rb,
            r3,
            c1,
            ca,
            c2,
            cb,
            c3,
            cc,
            double,
            digits,
            named,
            post,
            long26,
            escape,
            timed,
            sep,
            dashdash,
        };
    }
}
