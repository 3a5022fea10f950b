//! Shapes: rows of classes such as ddd-dd-dddd, found with shifts and ANDs.
//!
//! For a plane `x`, `behind!(x, k)` is the plane as it was k bytes earlier, so a shape
//! that ends here is the AND of a few shifted planes. Runs double: `d2` is "two digits
//! end here", `d4 = d2 & behind(d2, 2)`, and so on. The algebra is written once for all
//! register widths (see [`Lanes`]). Shapes may be wider than what a verifier accepts,
//! never narrower.

use crate::engine::classify::{Class, Lanes, Planes, SPAN, WORDS};
use crate::engine::settings::Settings;

/// What kind of verifier looks at a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// One past a `=` or `:` that may follow a key.
    Key,
    /// At the first letter of a `--flag`.
    Flag,
    /// At an `@`, `+`, `^` or `%`.
    Mark,
    /// One past the last digit of a grouped or long number.
    Digits,
    /// At the first digit after the third dot or dash of a quad.
    Quad,
    /// In or right behind a MAC or IPv6 address.
    Hex,
    /// At the second check digit of what may be an IBAN.
    Iban,
    /// One past an identifier of capitals and digits.
    Upper,
    /// One past a postcode or a ZIP code after a state.
    Post,
    /// At the sixteenth of a run of letters and digits, and one past a run of 26 or more.
    Run,
    /// At the third of three dashes or blanks, which a printed table may begin with.
    Line,
    /// At a place where a literal anchor may start.
    Literal,
    /// One past a `=` or `:` that may follow the name of a national identifier.
    Name,
    /// In a value that such a name may stand before in prose.
    Prose,
    /// One past what may be a national identifier, or one past the point or dash behind it.
    Value,
    /// At the capital of the second of two words that may be a name in prose.
    Person,
}

impl Family {
    /// Every family, in the order their candidates are verified.
    pub(crate) const ALL: [Self; 16] = [
        Self::Key,
        Self::Flag,
        Self::Mark,
        Self::Digits,
        Self::Quad,
        Self::Hex,
        Self::Iban,
        Self::Upper,
        Self::Post,
        Self::Run,
        Self::Line,
        Self::Literal,
        Self::Name,
        Self::Prose,
        Self::Value,
        Self::Person,
    ];
}

/// Room for a candidate at every byte of a span, and for what one step writes ahead.
const ROOM: usize = SPAN + 64;

/// Candidates of one span: byte offsets into the scanned bytes, by family.
pub(crate) struct Hits {
    lists: [List; Family::ALL.len()],
    /// Whether the shapes of national identifiers are wanted, too.
    pub(crate) packs: bool,
    /// Whether those of names in prose are.
    pub(crate) names: bool,
}

/// Offsets of one family, in order.
struct List {
    at: Box<[u32; ROOM]>,
    len: usize,
}

impl Hits {
    pub(crate) fn new() -> Self {
        Self { lists: std::array::from_fn(|_| List { at: Box::new([0; ROOM]), len: 0 }), packs: false, names: false }
    }

    /// Looks for the shapes that the settings ask for.
    pub(crate) fn wants(&mut self, settings: &Settings) {
        (self.packs, self.names) = (settings.packs, settings.name_dictionary);
    }

    pub(crate) fn clear(&mut self) {
        self.lists.iter_mut().for_each(|list| list.len = 0);
    }

    pub(crate) fn of(&self, family: Family) -> &[u32] {
        self.lists.get(family as usize).and_then(|list| list.at.get(..list.len)).unwrap_or_default()
    }

    /// Leaves out what `sift` drops from the candidates of a family; it returns how many it has put to the front.
    #[inline(always)]
    pub(crate) fn sift(&mut self, family: Family, sift: impl FnOnce(&mut [u32]) -> usize) {
        let Some(list) = self.lists.get_mut(family as usize) else { return };
        if let Some(all) = list.at.get_mut(..list.len) {
            list.len = sift(all).min(list.len);
        }
    }

    #[inline(always)]
    pub(super) fn push_row<L: Lanes>(&mut self, family: Family, row: L, base: usize) {
        let mut occupied = row.occupied();
        if occupied == 0 {
            return;
        }
        let mut words = [0u64; 8];
        row.store(&mut words);
        let Some(list) = self.lists.get_mut(family as usize) else { return };
        while occupied != 0 {
            let at = occupied.trailing_zeros() as usize;
            list.push_word::<L>(words.get(at).copied().unwrap_or(0), base + at * 64);
            occupied &= occupied - 1;
        }
    }
}

impl List {
    /// Appends the positions of all set bits.
    #[inline(always)]
    fn push_word<L: Lanes>(&mut self, mut bits: u64, start: usize) {
        let start = start as u32;
        let total = bits.count_ones() as usize;
        let Some(room) = self.at.get_mut(self.len..).and_then(|rest| rest.first_chunk_mut::<16>()) else { return };
        let written = L::positions(bits, start, room);
        if total > written {
            for _ in 0..written {
                bits &= bits.wrapping_sub(1);
            }
            for slot in self.at.iter_mut().take(self.len + total).skip(self.len + written) {
                *slot = start + bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
        }
        self.len += total;
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
    digit,
    upper,
    ud,
    alnum,
    hexd,
    space,
    colon,
    dash,
    backslash,
    closer,
    word,
    joined,
    d2,
    d3,
    d4,
    d5,
    d13,
    grouped,
    middle,
    ended,
    opened,
    exchange,
    ds,
    s3,
    numbers,
    q1,
    qa,
    q2,
    qb,
    q3,
    h2,
    h4,
    fours_of_hex,
    x1,
    m1,
    o1,
    o2,
    o4,
    o8,
    strange,
    double,
    uu,
    spaced,
    named,
    post,
    a2,
    a4,
    a8,
    a16,
    long26,
    timed,
    sep,
    dashdash,
    blanks,
    three,
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
        let before = &self.before;
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
        let dot = plane!(Dot);
        let dash = plane!(Dash);
        let space = plane!(Space);
        let colon = plane!(Colon);
        let equals = plane!(Equals);
        let backslash = plane!(Backslash);
        let closer = plane!(Closer);
        let hexd = digit.or(plane!(Hex));
        let ud = digit.or(upper);
        let alpha = upper.or(plane!(Lower));
        let alnum = alpha.or(digit);
        let word = alnum.or(plane!(Under));
        let ds = dash.or(space);
        let s3 = ds.or(dot);
        // The byte after a backslash belongs to the escape, not to the word behind it.
        let joined = word.without(behind!(backslash, 1));

        // Runs of digits, and of letters and digits, that end here.
        let d2 = digit.and(behind!(digit, 1));
        let d3 = d2.and(behind!(digit, 2));
        let d4 = d2.and(behind!(d2, 2));
        let d5 = d4.and(behind!(digit, 4));
        let d6 = d4.and(behind!(d2, 4));
        let d8 = d4.and(behind!(d4, 4));
        let d13 = d8.and(behind!(d5, 8));
        let d23 = d13.and(behind!(d13, 10));
        let a2 = alnum.and(behind!(alnum, 1));
        let a4 = a2.and(behind!(a2, 2));
        let a8 = a4.and(behind!(a4, 4));
        let a16 = a8.and(behind!(a8, 8));
        let long26 = a16.and(behind!(a16, 10));

        // Grouped and long numbers, as they end.
        let grouped = d4.and(behind!(ds, 4));
        let ssn = all!(grouped, behind!(d2, 5), behind!(ds, 7), behind!(d3, 8));
        // 415-555-0123, (415)555-0123 and (415) 555-0123: what stands before the exchange.
        let ended = d3.or(closer);
        let opened = closer.or(s3.and(behind!(ended, 1)));
        let exchange = d3.and(behind!(opened, 3));
        let nanp = all!(d4, behind!(s3, 4), behind!(exchange, 5));
        let fours = all!(grouped, behind!(grouped, 5), behind!(d4, 10));
        // A middle group of six: 4-6-5 and 4-6-4.
        let middle = d6.and(behind!(ds, 6));
        let amex = all!(d5, behind!(ds, 5), behind!(middle, 6));
        let diners = grouped.and(behind!(middle, 5));
        let numbers = any!(ssn, nanp, fours, amex, diners, d13.without(d23));

        // Quads: a group of one to three digits after each dot or dash.
        macro_rules! digits_after {
            ($name:ident) => {
                any!(digit.and(behind!($name, 1)), d2.and(behind!($name, 2)), d3.and(behind!($name, 3)))
            };
        }
        let x = dot.or(dash);
        let q1 = x.and(behind!(digit, 1));
        let qa = digits_after!(q1);
        let q2 = x.and(behind!(qa, 1));
        let qb = digits_after!(q2);
        let q3 = x.and(behind!(qb, 1));
        hits.push_row(Family::Quad, digit.and(behind!(q3, 1)), base);

        // Hardware addresses: five separators three bytes apart, or 4.4.4.
        let h2 = hexd.and(behind!(hexd, 1));
        let h4 = h2.and(behind!(h2, 2));
        let x1 = colon.or(dash);
        let m1 = x1.and(behind!(x1, 3));
        let mac = all!(m1, behind!(m1, 6), behind!(x1, 12), behind!(h2, 1));
        let fours_of_hex = dot.and(behind!(h4, 1));
        let cisco = fours_of_hex.and(behind!(fours_of_hex, 5));
        // An IPv6 address without `::` has fourteen bytes up to its last colon, or more.
        let o1 = colon.or(hexd);
        let o2 = o1.and(behind!(o1, 1));
        let o4 = o2.and(behind!(o2, 2));
        let o8 = o4.and(behind!(o4, 4));
        let full = all!(colon, o8, behind!(o8, 6));
        // `::` counts where hex digits or nothing stand on both sides, which leaves paths such as a::b out.
        let strange = joined.without(hexd);
        let double = all!(colon, behind!(colon, 1)).without(behind!(strange, 2));
        let pair = behind!(double, 1).without(word.without(hexd)).without(colon);
        hits.push_row(Family::Hex, any!(mac, cisco, full, pair), base);

        // IBAN: two capitals and two digits start here.
        let uu = upper.and(behind!(upper, 1));
        let lettered = d2.and(behind!(uu, 2));
        hits.push_row(Family::Iban, lettered.without(behind!(joined, 4)), base);

        // Identifiers of capitals and digits: DEA, CLIA, USCIS, MBI, VIN.
        let d7 = d6.and(behind!(digit, 6));
        let licence = any!(d7.and(behind!(upper, 7)), d8.and(any!(behind!(upper, 8), behind!(upper, 10))));
        let mbi = lettered.and(any!(behind!(digit, 4).and(behind!(upper, 6)), behind!(dash, 4).and(behind!(dash, 8))));
        let vin = all!(a16, ud, behind!(alnum, 16)).without(behind!(joined, 17));
        let named = any!(licence, mbi, vin);
        hits.push_row(Family::Upper, behind!(named, 1).without(word), base);

        // Postcodes: SW1A 1AA, K1A 0B1, and `, NY 12345`.
        let spaced = digit.and(behind!(ds, 1));
        let inward = behind!(spaced, 2);
        let gb = all!(uu, inward, behind!(ud, 4));
        let ca = all!(digit, behind!(upper, 1), inward, behind!(upper, 4));
        let zip = all!(d5, behind!(space, 5), behind!(uu, 6), behind!(space, 8));
        let post = any!(gb, ca, zip);
        hits.push_row(Family::Post, behind!(post, 1).without(word), base);

        // Long runs of letters and digits.
        let run_ended = behind!(long26, 1).without(alnum);
        hits.push_row(Family::Run, run_ended.or(a16.without(behind!(alnum, 16))), base);

        // Separators after what may be a key. A colon between digits is a time or a port.
        // After a bracket it ends a tag, such as `sshd[24200]:`.
        let timed = colon.and(behind!(digit, 1));
        let sep = equals.or(colon.without(timed).without(behind!(closer, 1)));
        // One digit behind a letter numbers a name, or is a part of it: `{SsnLast4:9686}`.
        let numbered = behind!(alnum, 3).without(behind!(digit, 3));
        let key = behind!(sep, 1).or(behind!(timed, 1).without(digit.without(numbered))).without(colon.or(equals));
        hits.push_row(Family::Key, key, base);
        let dashdash = dash.and(behind!(dash, 1)).without(behind!(word, 2));
        hits.push_row(Family::Flag, word.and(behind!(dashdash, 1)), base);

        // Rules of printed tables, and the margin of a data frame.
        let blanks = space.and(behind!(space, 1));
        let three = dashdash.and(behind!(dashdash, 1)).or(blanks.and(behind!(blanks, 1)));
        hits.push_row(Family::Line, three.without(behind!(three, 1)), base);

        hits.push_row(Family::Mark, plane!(Mark), base);
        hits.push_row(Family::Literal, plane!(Literal).or(plane!(WordLiteral).and(alpha).without(behind!(joined, 1))), base);

        let outside = digit.or(plane!(Under));
        hits.push_row(Family::Digits, behind!(numbers, 1).without(outside), base);
        self.before = Before {
            digit,
            upper,
            ud,
            alnum,
            hexd,
            space,
            colon,
            dash,
            backslash,
            closer,
            word,
            joined,
            d2,
            d3,
            d4,
            d5,
            d13,
            grouped,
            middle,
            ended,
            opened,
            exchange,
            ds,
            s3,
            numbers,
            q1,
            qa,
            q2,
            qb,
            q3,
            h2,
            h4,
            fours_of_hex,
            x1,
            m1,
            o1,
            o2,
            o4,
            o8,
            strange,
            double,
            uu,
            spaced,
            named,
            post,
            a2,
            a4,
            a8,
            a16,
            long26,
            timed,
            sep,
            dashdash,
            blanks,
            three,
        };
    }
}
