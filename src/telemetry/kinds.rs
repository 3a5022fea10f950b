//! Kinds as places in arrays of counters, so that counting needs no map.
//!
//! A place belongs to a kind and the mask that it has. Places are never given away again: after a
//! reload a kind with another mask counts at a new place. What finds none left counts as `other`.

use arc_swap::ArcSwap;
use std::sync::{Mutex, PoisonError};

/// Kinds and masks that are told apart; one more stands for all others.
pub(super) const PLACES: usize = 400;

/// What a place stands for.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) kind: Box<str>,
    pub(super) action: &'static str,
}

/// Which place a kind has.
#[derive(Default)]
pub(super) struct Kinds {
    /// By kind, sorted.
    index: ArcSwap<Vec<(Box<str>, usize)>>,
    places: Mutex<Vec<Place>>,
}

impl Kinds {
    /// Gives every kind its place.
    pub(super) fn learn<'k>(&self, kinds: impl Iterator<Item = (&'k str, &'static str)>) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let mut index = Vec::new();
        for (kind, action) in kinds {
            let place = Place { kind: kind.into(), action };
            let at = places.iter().position(|known| *known == place).unwrap_or(places.len()).min(PLACES);
            if at == places.len() && at < PLACES {
                places.push(place);
            }
            index.push((kind.into(), at));
        }
        index.sort();
        self.index.store(index.into());
    }

    /// Calls back with the place of each kind.
    pub(super) fn places<'k, T>(&self, kinds: impl Iterator<Item = (&'k str, T)>, mut each: impl FnMut(usize, T)) {
        let index = self.index.load();
        for (kind, value) in kinds {
            let found = index.binary_search_by(|(known, _)| known.as_ref().cmp(kind)).ok().and_then(|at| index.get(at));
            each(found.map_or(PLACES, |(_, place)| *place), value);
        }
    }

    /// What the places stand for, in their order.
    pub(super) fn all(&self) -> Vec<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner).clone();
        places.resize(PLACES, Place { kind: "".into(), action: "" });
        places.push(Place { kind: "other".into(), action: "other" });
        places
    }
}
