//! The shapes of two words of a name and of a date in prose, found only while the dictionary is on.
//!
//! As in `shapes`, it may be wider than what the verifier accepts, never narrower: a comma has no class of its
//! own, so that whatever has none counts.

use super::shapes::{Family, Hits};
use crate::engine::classify::{Class, Lanes, Planes, WORDS};

/// Finds the shapes row by row, keeping what the next row needs.
pub(crate) struct PersonShapes<L> {
    blank: L,
    other: L,
    digit: L,
}

impl<L: Lanes> PersonShapes<L> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self { blank: L::zero(), other: L::zero(), digit: L::zero() }
    }

    /// Appends the candidates of `words` words, the first byte of which is byte `start`.
    #[inline(always)]
    pub(crate) fn find(&mut self, planes: &Planes, words: usize, start: usize, hits: &mut Hits) {
        let words = words.min(WORDS);
        let mut at = 0;
        while at < words {
            let plane = |class| L::load(planes.of(class), at);
            let (upper, space) = (plane(Class::Upper), plane(Class::Space));
            let known = [Class::Digit, Class::Under, Class::Colon, Class::Equals, Class::Closer, Class::Dash, Class::Dot, Class::Mark];
            // Before the blank stands a small letter, a comma, or whatever else has no class here.
            let other = known.into_iter().fold(upper.or(space), |other, class| other.or(plane(class)));
            let blank = space.without(other.behind::<1>(self.other));
            // Two digits behind a slash, which has no class, and another digit before that.
            let digit = plane(Class::Digit);
            let year = digit.and(digit.behind::<1>(self.digit)).and(digit.behind::<3>(self.digit)).without(other.behind::<2>(self.other));
            hits.push_row(Family::Person, upper.and(blank.behind::<1>(self.blank)).or(year), start + at * 64);
            (self.blank, self.other, self.digit) = (blank, other, digit);
            at += L::WORDS;
        }
    }
}
