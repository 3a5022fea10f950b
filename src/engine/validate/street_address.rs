//! Street address on one line, in the common forms of the US and Europe, or a post office box.
//!
//! US: number, name words, a street suffix, then an optional direction, unit and town. Europe:
//! a street word joined or beside the name, and a number on either side. Names are capitalised,
//! which tells `5 Way merge` or `100 Continue` apart. Multi-line addresses come in by their key.
//! Source: USPS Publication 28 (suffixes, units, PO boxes), UPU S42 address templates.

use super::cursor::Cursor;
use super::word_list;

/// Last word of a US or UK street.
const SUFFIXES: &str = "\
    st street ave av avenue rd road blvd boulevard ln lane dr drive ct court pl place way \
    ter terrace pkwy parkway cir circle hwy highway sq square aly alley trl trail loop plz \
    plaza row crescent close grove mews gardens expy";

/// Words that stand in front of a street name (FR, ES, IT, PT).
const OPENERS: &str = "\
    rue boulevard chemin impasse quai route avenue place cours calle c/ avenida avda plaza \
    paseo carrer carretera via viale piazza corso vicolo largo rua travessa estrada allee";

/// Endings of German and Dutch street names.
const ENDINGS: &str = "\
    straße strasse str. weg platz allee gasse ring damm ufer straat laan plein gracht kade \
    steeg";

/// What may introduce a unit behind the street.
const UNITS: &str = "\
    apt apartment suite ste unit floor fl room rm bldg";

/// True for one address.
pub(crate) fn valid(value: &[u8]) -> bool {
    value.len() <= 200 && (post_box(value) || number_first(value) || name_first(value))
}

fn post_box(value: &[u8]) -> bool {
    let mut cursor = Cursor::new(value);
    let forms: [&[u8]; 6] = [
        b"p.o. box ",
        b"po box ",
        b"p.o.box ",
        b"p o box ",
        b"post office box ",
        b"postfach ",
    ];
    forms.iter().any(|form| cursor.eat_word(form))
        && cursor.number(1, 9).is_some()
        && tail(cursor.rest())
}

/// `123 Main St`, `12 rue de la Paix`.
fn number_first(value: &[u8]) -> bool {
    let mut words = value.splitn(2, |&b| b == b' ');
    let (number, rest) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    if !house_number(number.strip_suffix(b",").unwrap_or(number)) {
        return false;
    }
    let mut names = 0;
    let mut french = false;
    let mut start = 0;
    for word in rest.split(|&b| b == b' ') {
        let end = start + word.len();
        let bare = trim(word);
        let last = bare.len() < word.len() && word.ends_with(b",");
        if names >= 1
            && !french
            && word_list::contains(SUFFIXES, bare)
            && bare.first().is_some_and(u8::is_ascii_uppercase)
        {
            let after = rest.get(end - usize::from(last)..).unwrap_or_default();
            if tail(direction(after)) {
                return true;
            }
            // `Walnut Grove Boulevard`: the street's own suffix comes later.
        }
        french |= names == 0 && word_list::contains(OPENERS, bare);
        let name = capitalised(bare)
            || (french && (bare.iter().all(u8::is_ascii_lowercase) || elided(bare)));
        if names > 5 || !name || bare.is_empty() || (last && !french) {
            return false;
        }
        names += 1;
        start = end + 1;
    }
    french && names >= 2 && rest.iter().any(u8::is_ascii_uppercase)
}

/// `Hauptstraße 12`, `Calle Mayor 5`, `Via Roma, 3`.
fn name_first(value: &[u8]) -> bool {
    let Some(space) = value.iter().rposition(|&b| b == b' ') else {
        return false;
    };
    let (name, number) = (
        value.get(..space).unwrap_or_default(),
        value.get(space + 1..).unwrap_or_default(),
    );
    let name = trim(name);
    let mut words = name.split(|&b| b == b' ');
    let opened = words
        .clone()
        .next()
        .is_some_and(|first| word_list::contains(OPENERS, trim(first)) || first == b"C/");
    let joined = words.clone().next_back().is_some_and(|last| {
        ENDINGS.split(' ').any(|end| {
            let tail = last
                .len()
                .checked_sub(end.len())
                .and_then(|at| last.get(at..));
            tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
        })
    });
    let count = words.clone().count();
    let capital = words.any(|word| capitalised(word) && !word_list::contains(OPENERS, word));
    house_number(number) && capital && count <= 6 && (joined || (opened && count >= 2))
}

/// One to six digits with an optional letter or range: `12`, `12b`, `12-14`, `12/1`.
fn house_number(word: &[u8]) -> bool {
    let mut cursor = Cursor::new(word);
    let first = cursor.number(1, 6);
    if cursor.eat_any(b"-/").is_some() && cursor.number(1, 4).is_none() {
        return false;
    }
    cursor.eat_if(|b| b.is_ascii_alphabetic());
    first.is_some_and(|n| n > 0) && cursor.done()
}

fn trim(word: &[u8]) -> &[u8] {
    let bare = word.strip_suffix(b",").unwrap_or(word);
    bare.strip_suffix(b".").unwrap_or(bare)
}

/// A capital, a digit (`5th`) or a non-ASCII letter first; letters, digits, `'` and `-` behind.
fn capitalised(word: &[u8]) -> bool {
    let first = word
        .first()
        .is_some_and(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || !b.is_ascii());
    first
        && word
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || !b.is_ascii() || b"'-.".contains(b))
}

/// `l'Exemple`, `d'Exemple`.
fn elided(word: &[u8]) -> bool {
    matches!(word, [b'l' | b'd', b'\'', name @ ..] if capitalised(name))
}

/// Skips a compass point behind the suffix: `Main St NW`.
fn direction(rest: &[u8]) -> &[u8] {
    let points: [&[u8]; 8] = [b" NE", b" NW", b" SE", b" SW", b" N", b" S", b" E", b" W"];
    points
        .iter()
        .find_map(|point| rest.strip_prefix(*point).filter(|rest| rest.first().is_none_or(|next| !next.is_ascii_alphanumeric())))
        .unwrap_or(rest)
}

/// Nothing, a unit (`, Apt 4`, ` #4`), or a comma and a capitalised town.
fn tail(rest: &[u8]) -> bool {
    let mut cursor = Cursor::new(rest);
    if cursor.done() {
        return true;
    }
    let comma = cursor.eat(b',');
    if !cursor.eat(b' ') {
        return false;
    }
    let word = cursor.take_while(|b| b.is_ascii_alphabetic());
    let hash = word.is_empty() && cursor.eat(b'#');
    if hash || word_list::contains(UNITS, word) {
        cursor.eat(b'.');
        cursor.eat(b' ');
        let unit = cursor.take_while(|b| b.is_ascii_alphanumeric() || b == b'-');
        return (1..=6).contains(&unit.len()) && tail(cursor.rest());
    }
    let place =
        cursor.take_while(|b| b.is_ascii_alphanumeric() || !b.is_ascii() || b" ,.'-".contains(&b));
    // Without a comma only a ZIP code at the end says that a town stands there.
    let digits = |count: usize| place.iter().rev().take(count).all(u8::is_ascii_digit);
    let zip = place.len() > 8 && (digits(5) || digits(4) && place.iter().rev().nth(4) == Some(&b'-'));
    (comma || zip) && capitalised(word) && cursor.done() && !place.ends_with(b" ")
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "123 Main St",
            "4600 Silver Hill Rd, Apt 4",
            "P.O. Box 1234",
            "1600 N Example Blvd",
            "12b Long Example Lane",
            "350 5th Ave #12",
            "1 Main St NW",
            "1 Main St., Springfield, IL 62701",
            "1 Main St Springfield, IL 62701",
            "Hauptstraße 12",
            "Lange Straße 12a",
            "12 rue de la Paix",
            "12, rue Example",
            "12 rue de l'Exemple",
            "Calle Mayor 5",
            "Via Roma, 3",
            "Keizersgracht 100",
            "PO Box 9, Example",
            "4664 Walnut Grove Boulevard",
            "3490 Example Ave Suite 158, Example, OR 97205",
            "366 St. Example Street Suite 601",
            "1351 5th Boulevard Suite 265, Example, TX 78701",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "Main St",
            "123",
            "100 Continue",
            "5 Way merge",
            "3 Dr",
            "5 Way",
            "200 OK",
            "12 monkeys ran Way",
            "0 Main St",
            "123 Main St extra words",
            "404 Not Found",
            "straße",
            "via 3",
            "Weg",
            "10 Downing",
            "12 ",
            " ",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
