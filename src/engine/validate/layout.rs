//! Written forms of an identifier: a layout is the value with a letter for each class of character.
//!
//! `d` is a digit, `A` a capital letter, `X` either; anything else stands for itself and is left out of
//! the characters that are read. Typographic spaces and dashes count as their ASCII form. The national
//! identifiers list the forms that their offices print.

use super::cursor::Cursor;

const CAPACITY: usize = 20;

/// The characters of a value, separators removed.
pub(crate) struct Id {
    chars: [u8; CAPACITY],
    len: usize,
}

impl Id {
    /// The characters, still ASCII.
    pub(crate) fn chars(&self) -> &[u8] {
        self.chars.get(..self.len).unwrap_or_default()
    }
}

/// Reads a value that has one of the layouts.
pub(crate) fn read(value: &[u8], layouts: &[&str]) -> Option<Id> {
    if value.is_ascii() {
        return layouts.iter().find_map(|layout| fit_ascii(value, layout.as_bytes()));
    }
    layouts.iter().find_map(|layout| fit(value, layout.as_bytes()))
}

/// As [`fit`], where each character is one byte: most values are as long as one layout, or none.
fn fit_ascii(value: &[u8], layout: &[u8]) -> Option<Id> {
    if value.len() != layout.len() {
        return None;
    }
    let mut id = Id { chars: [0; CAPACITY], len: 0 };
    for (byte, class) in value.iter().zip(layout) {
        let (digit, upper) = (byte.is_ascii_digit(), byte.is_ascii_uppercase());
        let fits = match class {
            b'd' => digit,
            b'A' => upper,
            b'X' => digit | upper,
            separator if byte == separator => continue,
            _ => false,
        };
        if !fits {
            return None;
        }
        *id.chars.get_mut(id.len)? = *byte;
        id.len += 1;
    }
    Some(id)
}

fn fit(value: &[u8], layout: &[u8]) -> Option<Id> {
    let mut id = Id { chars: [0; CAPACITY], len: 0 };
    let mut rest = Cursor::new(value);
    for class in layout {
        let char = match class {
            b'd' => rest.eat_if(|byte| byte.is_ascii_digit())?,
            b'A' => rest.eat_if(|byte| byte.is_ascii_uppercase())?,
            b'X' => rest.eat_if(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())?,
            separator => {
                rest.eat_sep(&[*separator])?;
                continue;
            }
        };
        *id.chars.get_mut(id.len)? = char;
        id.len += 1;
    }
    rest.done().then_some(id)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn layouts_are_whole_values() {
        let chars = |value: &str| read(value.as_bytes(), &["dd-A", "ddX"]).map(|id| id.chars().to_vec());
        assert_eq!(chars("12-B").as_deref(), Some(&b"12B"[..]));
        assert_eq!(chars("123").as_deref(), Some(&b"123"[..]));
        assert_eq!(chars("12\u{2011}B").as_deref(), Some(&b"12B"[..]));
        for bad in ["", "12", "12-", "12-b", "12-B ", " 12-B", "12--B", "1234"] {
            assert!(chars(bad).is_none(), "{bad}");
        }
        assert!(read(b"1".repeat(21).as_slice(), &["d".repeat(21).as_str()]).is_none());
    }
}
