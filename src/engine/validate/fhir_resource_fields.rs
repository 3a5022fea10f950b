//! FHIR resource about a person: JSON text with `"resourceType": "Patient"` and its like.
//!
//! Tells which records get path-aware masking; observations and bundles of devices do not pass.
//! The text may itself be a JSON string, with its quotes escaped. Source: HL7 FHIR R4 2.6.2 (JSON
//! representation), resources Patient, RelatedPerson, Practitioner, Person.

use super::cursor::Cursor;

const PERSONS: [&[u8]; 4] = [b"Patient", b"RelatedPerson", b"Practitioner", b"Person"];
const KEY: &[u8] = b"\"resourceType";

/// True when some `resourceType` in the text is a person's.
pub(crate) fn valid(value: &[u8]) -> bool {
    value
        .windows(KEY.len())
        .enumerate()
        .filter(|(_, window)| *window == KEY)
        .any(|(at, _)| value.get(at + KEY.len()..).and_then(person).is_some())
}

/// Reads the rest of the key, the colon and one of the names in quotes.
fn person(rest: &[u8]) -> Option<()> {
    let mut cursor = Cursor::new(rest);
    quote(&mut cursor)?;
    cursor.take_while(|b| b.is_ascii_whitespace());
    cursor.eat(b':').then_some(())?;
    cursor.take_while(|b| b.is_ascii_whitespace());
    quote(&mut cursor)?;
    let name = cursor.take_while(|b| b.is_ascii_alphabetic());
    quote(&mut cursor)?;
    PERSONS.contains(&name).then_some(())
}

fn quote(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat(b'\\');
    cursor.eat(b'"').then_some(())
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            r#"{"resourceType":"Patient"}"#,
            r#"{"resourceType" : "Person","id":"1"}"#,
            r#"{"a":1,"resourceType":"Practitioner"}"#,
            r#"{\"resourceType\":\"Patient\"}"#,
            r#"[{"resourceType":"Bundle"},{"resourceType":"RelatedPerson"}]"#,
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            r#"{"resourceType":"Observation"}"#,
            "{}",
            "resourceType Patient",
            r#"{"resourceType":"Patients"}"#,
            r#"{"resourceType":"Patient"#,
            r#"{"resourceType"}"#,
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
