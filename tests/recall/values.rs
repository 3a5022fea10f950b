//! Kinds and values of the recall test.
//!
//! A `Kind` says how one kind of the catalogue is recognised and makes random
//! valid values of it; the lists are split by group. A `Value` is text in which
//! some parts are secret (must disappear) and others only belong to the written
//! form (`Bearer `, the host of a URL) and may stay or go.
//! Everything is synthetic: documentation ranges, invented names, random ids.

use super::rng::Rng;
use super::{
    values_device, values_financial, values_generic, values_ml, values_national, values_national_world, values_person, values_secrets,
    values_secrets_ai, values_secrets_auth, values_us,
};

/// One stretch of a value.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) text: String,
    pub(crate) secret: bool,
}

/// A written value: secret parts and the fixed text around them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Value {
    pub(crate) parts: Vec<Part>,
}

impl Value {
    /// A value that is secret from end to end.
    pub(crate) fn whole(text: impl Into<String>) -> Self {
        Self::default().secret(text)
    }

    /// Adds text that must not survive.
    pub(crate) fn secret(self, text: impl Into<String>) -> Self {
        self.push(text.into(), true)
    }

    /// Adds text of the written form, which may survive.
    pub(crate) fn fixed(self, text: impl Into<String>) -> Self {
        self.push(text.into(), false)
    }

    fn push(mut self, text: String, secret: bool) -> Self {
        if !text.is_empty() {
            self.parts.push(Part { text, secret });
        }
        self
    }

    /// The written form.
    pub(crate) fn text(&self) -> String {
        self.parts.iter().map(|p| p.text.as_str()).collect()
    }
}

/// How a kind is recognised in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// At confidence 0.6 or more with no key.
    Structured,
    /// Only under one of its keys.
    Keyed,
    /// Below the default confidence and without keys: measured, not asserted.
    Below,
}

/// Where the values of a kind come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Make {
    /// A function; it is given the catalogue key when a key names the value.
    With(fn(&mut Rng, Option<&str>) -> Value),
    /// One of these templates, see `fill`.
    Of(&'static [&'static str]),
    /// A number and its layouts: those found without a key, and those under a key only.
    Laid(Number, Keys, Keys),
}

/// Makes the characters of a number, for a place with a key or without; `None` where none is issued.
pub(crate) type Number = fn(&mut Rng, bool) -> Option<String>;

/// One kind of the catalogue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) id: &'static str,
    pub(crate) class: Class,
    /// Keys of the catalogue (section 9, or the row's own context words).
    pub(crate) keys: &'static [&'static str],
    pub(crate) make: Make,
}

impl Kind {
    pub(crate) const fn structured(id: &'static str, keys: Keys, make: Make) -> Self {
        Self::new(id, Class::Structured, keys, make)
    }

    pub(crate) const fn keyed(id: &'static str, keys: Keys, make: Make) -> Self {
        Self::new(id, Class::Keyed, keys, make)
    }

    /// A number of a country's register: structured if one of its layouts is found without a key.
    pub(crate) const fn national(id: &'static str, keys: Keys, number: Number, alone: Keys, keyed: Keys) -> Self {
        let class = if alone.is_empty() { Class::Keyed } else { Class::Structured };
        Self::new(id, class, keys, Make::Laid(number, alone, keyed))
    }

    /// Whether a country pack has to be on.
    pub(crate) fn is_national(&self) -> bool {
        values_national::KINDS.iter().chain(values_national_world::KINDS).any(|kind| kind.id == self.id)
    }

    pub(crate) const fn new(id: &'static str, class: Class, keys: Keys, make: Make) -> Self {
        Self { id, class, keys, make }
    }

    /// Makes a value; `key` is the catalogue key that will name it, if any.
    pub(crate) fn value(&self, rng: &mut Rng, key: Option<&str>) -> Value {
        match self.make {
            Make::With(make) => make(rng, key),
            Make::Of(templates) => {
                let template = rng.pick(templates);
                fill(rng, template)
            }
            Make::Laid(number, alone, keyed) => loop {
                let Some(number) = number(rng, key.is_some()) else { continue };
                let keyed = if key.is_some() { keyed } else { &[] };
                let fits = |layout: &&&str| layout.matches('#').count() == number.chars().count();
                let layouts: Vec<&str> = alone.iter().chain(keyed).filter(fits).copied().collect();
                if !layouts.is_empty() {
                    return Value::whole(lay(&number, rng.pick(&layouts)));
                }
            },
        }
    }
}

/// Puts the characters of a number in the places of a layout.
fn lay(number: &str, layout: &str) -> String {
    let mut chars = number.chars();
    layout.chars().map(|c| if c == '#' { chars.next().unwrap_or('?') } else { c }).collect()
}

/// Key names of a kind.
pub(crate) type Keys = &'static [&'static str];

/// All kinds in scope.
pub(crate) fn all_kinds() -> Vec<Kind> {
    [
        values_generic::KINDS,
        values_person::KINDS,
        values_device::KINDS,
        values_financial::KINDS,
        values_us::KINDS,
        values_secrets::KINDS,
        values_secrets_ai::KINDS,
        values_secrets_auth::KINDS,
        values_ml::KINDS,
        values_national::KINDS,
        values_national_world::KINDS,
    ]
    .concat()
}

/// Characters of a template class.
fn alphabet(class: &str) -> &'static str {
    match class {
        "d" => "0123456789",
        "9" => "123456789",
        "a" => "abcdefghijklmnopqrstuvwxyz",
        "A" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "l" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "n" => "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "u" => "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-",
        "b" => "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/",
        "h" => "0123456789abcdef",
        "H" => "0123456789ABCDEF",
        "i" => "0123456789abcdefghijklmnopqrstuvwxyz",
        "I" => "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "2" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "3" => "abcdefghijklmnopqrstuvwxyz234567",
        "p" => "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!@#^*_-+.",
        other => {
            assert!(other.is_empty(), "unknown template class {other}");
            "?"
        }
    }
}

/// Fills a template: `<8:h>` is eight characters of a class, `<20-40:u>` a
/// random count; `«` and `»` enclose the secret part (all of it without them).
pub(crate) fn fill(rng: &mut Rng, template: &str) -> Value {
    let mut value = Value::default();
    let mut secret = !template.contains('«');
    let mut text = String::new();
    let mut chars = template.chars();
    while let Some(c) = chars.next() {
        match c {
            '«' | '»' => {
                value = value.push(std::mem::take(&mut text), secret);
                secret = c == '«';
            }
            '<' => {
                let spec: String = chars.by_ref().take_while(|c| *c != '>').collect();
                let (count, class) = spec.split_once(':').unwrap_or(("1", ""));
                let (low, high) = count.split_once('-').unwrap_or((count, count));
                let (low, high) = (low.parse().unwrap_or(1), high.parse().unwrap_or(1));
                let count = rng.between(low, high);
                text.push_str(&rng.chars(alphabet(class), count));
            }
            c => text.push(c),
        }
    }
    value.push(text, secret)
}

/// Shorthand for a fully secret filled template.
pub(crate) fn text_of(rng: &mut Rng, template: &str) -> String {
    fill(rng, template).text()
}

const GIVEN: &[&str] = &[
    "Jane", "John", "Alice", "Robert", "Maria", "Peter", "Ingrid", "Tomas", "Elena", "Viktor", "Nadia", "Oskar", "Paula", "Henrik", "Lucia",
];
const FAMILY: &[&str] =
    &["Example", "Sample", "Doe", "Testman", "Mustermann", "Specimen", "Fictus", "Nemo", "Demoson", "Placehold", "Inventio", "Dummyton"];

/// An invented given name.
pub(crate) fn given(rng: &mut Rng) -> &'static str {
    rng.pick(GIVEN)
}

/// An invented family name.
pub(crate) fn family(rng: &mut Rng) -> &'static str {
    rng.pick(FAMILY)
}

/// Year, month and day of a real calendar date.
pub(crate) fn date(rng: &mut Rng, first: usize, last: usize) -> (usize, usize, usize) {
    let (year, month) = (rng.between(first, last), rng.between(1, 12));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (year, month, rng.between(1, days))
}

/// A date in one of the written forms of the catalogue.
pub(crate) fn written_date(rng: &mut Rng, first: usize, last: usize) -> String {
    const SHORT: &[&str] = &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const LONG: &[&str] =
        &["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    let (y, m, d) = date(rng, first, last);
    let short = SHORT.get(m - 1).copied().unwrap_or_default();
    let long = LONG.get(m - 1).copied().unwrap_or_default();
    match rng.below(9) {
        0 => format!("{y}{m:02}{d:02}"),
        1 => format!("{m:02}/{d:02}/{y}"),
        2 => format!("{d:02}.{m:02}.{y}"),
        3 => format!("{short} {d}, {y}"),
        4 => format!("{d} {long} {y}"),
        5 => format!("{d:02}-{short}-{y}"),
        6 => format!("{y}-{m:02}-{d:02}T00:00:00Z"),
        _ => format!("{y}-{m:02}-{d:02}"),
    }
}

/// A version 4 UUID in lower case.
pub(crate) fn uuid(rng: &mut Rng) -> String {
    let variant = rng.pick(&["8", "9", "a", "b"]);
    let head = text_of(rng, "<8:h>-<4:h>-4<3:h>-");
    format!("{head}{variant}{}", text_of(rng, "<3:h>-<12:h>"))
}
