//! One message: its fields, as far as it has them, and the JSON object that it becomes.

use crate::decode::values;
use std::borrow::Cow;

/// Names of the facilities, in the order of their numbers (RFC 5424, table 1).
const FACILITIES: [&str; 24] = [
    "kern",
    "user",
    "mail",
    "daemon",
    "auth",
    "syslog",
    "lpr",
    "news",
    "uucp",
    "cron",
    "authpriv",
    "ftp",
    "ntp",
    "security",
    "console",
    "solaris-cron",
    "local0",
    "local1",
    "local2",
    "local3",
    "local4",
    "local5",
    "local6",
    "local7",
];
/// Names of the severities, in the order of their numbers (RFC 5424, table 2).
const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];
const MONTHS: [&[u8]; 12] = [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// Parameters of one element of structured data.
type Parameters<'m> = Vec<(&'m [u8], Cow<'m, [u8]>)>;
/// Elements by their ids.
type Elements<'m> = Vec<(&'m [u8], Parameters<'m>)>;

/// What a message says. Fields that it does not have are empty.
#[derive(Default)]
pub(super) struct Message<'m> {
    priority: Option<u8>,
    /// Milliseconds since 1970 (UTC), if it says its zone.
    pub(super) time: Option<i64>,
    /// Names and texts in the order in which they stand.
    fields: Vec<(&'static str, &'m [u8])>,
    structured: Elements<'m>,
    text: &'m [u8],
}

impl<'m> Message<'m> {
    pub(super) fn read(bytes: &'m [u8]) -> Self {
        let mut message = Self { text: bytes, ..Self::default() };
        let Some((priority, rest)) = priority(bytes) else { return message };
        (message.priority, message.text) = (Some(priority), rest);
        match rest.strip_prefix(b"1 ") {
            Some(rest) => message.rfc5424(rest),
            None => message.rfc3164(rest),
        }
        message
    }

    /// `TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG]` (RFC 5424, section 6).
    fn rfc5424(&mut self, rest: &'m [u8]) {
        let mut parts = rest.splitn(6, |byte| *byte == b' ');
        let mut heads = [&b""[..]; 5];
        for head in &mut heads {
            match parts.next() {
                Some(part) if !part.is_empty() => *head = part,
                _ => return,
            }
        }
        let Some((structured, text)) = structured_data(parts.next().unwrap_or_default()) else { return };
        self.time = heads.first().and_then(|time| timestamp(time));
        let names = ["timestamp", "hostname", "appname", "procid", "msgid"];
        self.fields = names.into_iter().zip(heads).filter(|(_, head)| *head != b"-").collect();
        self.structured = structured;
        self.text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    }

    /// `Mmm dd hh:mm:ss HOSTNAME TAG[PID]: MSG`, as far as it is there (RFC 3164, section 4.1). Some senders write
    /// the time as RFC 3339 does. Nobody knows the zone of the old form, so it tells no time.
    fn rfc3164(&mut self, rest: &'m [u8]) {
        let length = match old_timestamp(rest) {
            Some(length) => length,
            None => {
                let word = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
                self.time = rest.get(..word).and_then(timestamp);
                if self.time.is_none() {
                    return self.tag(rest);
                }
                word
            }
        };
        let (time, rest) = rest.split_at_checked(length).unwrap_or((rest, b""));
        self.fields.push(("timestamp", time));
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let word = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
        let (host, behind) = rest.split_at_checked(word).unwrap_or((rest, b""));
        // Programs that write to the socket of the machine say no name of it: the tag comes at once.
        if host.ends_with(b":") || behind.is_empty() {
            return self.tag(rest);
        }
        self.fields.push(("hostname", host));
        self.tag(behind.trim_ascii_start());
    }

    /// `TAG[PID]: MSG` or `TAG: MSG`.
    fn tag(&mut self, rest: &'m [u8]) {
        self.text = rest;
        let Some(colon) = rest.iter().take(256).position(|byte| matches!(byte, b':' | b' ')) else { return };
        let Some((tag, text)) = rest.split_at_checked(colon).filter(|(tag, text)| !tag.is_empty() && text.starts_with(b":")) else {
            return;
        };
        let (name, process) = match tag.strip_suffix(b"]").and_then(|tag| Some((tag, tag.iter().position(|byte| *byte == b'[')?))) {
            Some((tag, open)) => (tag.get(..open).unwrap_or_default(), tag.get(open + 1..).unwrap_or_default()),
            None => (tag, &b""[..]),
        };
        if name.is_empty() || !name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-/()@+".contains(byte)) {
            return;
        }
        self.fields.push(("appname", name));
        if !process.is_empty() {
            self.fields.push(("procid", process));
        }
        let text = text.get(1..).unwrap_or_default();
        self.text = text.strip_prefix(b" ").unwrap_or(text);
    }

    /// The JSON object: fields first, the message last.
    pub(super) fn json(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.text.len() + 256);
        out.push(b'{');
        for (name, value) in &self.fields {
            member(name.as_bytes(), value, &mut out);
        }
        if let Some(priority) = self.priority {
            let facility = FACILITIES.get(usize::from(priority >> 3)).copied().unwrap_or_default();
            let severity = SEVERITIES.get(usize::from(priority & 7)).copied().unwrap_or_default();
            member(b"facility", facility.as_bytes(), &mut out);
            member(b"severity", severity.as_bytes(), &mut out);
        }
        if !self.structured.is_empty() {
            out.extend_from_slice(b"\"structured_data\":{");
            for (at, (id, parameters)) in self.structured.iter().enumerate() {
                out.extend_from_slice(if at > 0 { b"," } else { b"" });
                values::text(id, &mut out);
                out.extend_from_slice(b":{");
                for (name, value) in parameters {
                    member(name, value, &mut out);
                }
                out.pop_if(|last| *last == b',');
                out.push(b'}');
            }
            out.extend_from_slice(b"},");
        }
        member(b"message", self.text, &mut out);
        out.pop_if(|last| *last == b',');
        out.push(b'}');
        out
    }
}

fn member(name: &[u8], value: &[u8], out: &mut Vec<u8>) {
    values::text(name, out);
    out.push(b':');
    values::text(value, out);
    out.push(b',');
}

/// `<PRIVAL>` and what is behind it.
fn priority(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let rest = bytes.strip_prefix(b"<")?;
    let close = rest.iter().take(4).position(|byte| *byte == b'>').filter(|close| *close > 0)?;
    let digits = rest.get(..close)?;
    let number = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))?.parse().ok()?;
    (number < 192).then_some((number, rest.get(close + 1..).unwrap_or_default()))
}

/// `-`, or elements `[ID NAME="VALUE" …]`, and the message behind the blank that follows.
fn structured_data(mut rest: &[u8]) -> Option<(Elements<'_>, &[u8])> {
    let mut elements = Vec::new();
    if let Some(behind) = rest.strip_prefix(b"-") {
        rest = behind;
    } else {
        while let Some(inside) = rest.strip_prefix(b"[") {
            let end = inside.iter().position(|byte| matches!(byte, b' ' | b']'))?;
            let (id, mut at) = (inside.get(..end)?, inside.get(end..)?);
            let mut parameters = Vec::new();
            while let Some(parameter) = at.strip_prefix(b" ") {
                let equal = parameter.iter().position(|byte| *byte == b'=')?;
                let (value, behind) = quoted(parameter.get(equal + 1..)?)?;
                parameters.push((parameter.get(..equal)?, value));
                at = behind;
            }
            elements.push((id, parameters));
            rest = at.strip_prefix(b"]")?;
        }
        if elements.is_empty() {
            return None;
        }
    }
    match rest.first() {
        None => Some((elements, rest)),
        Some(b' ') => Some((elements, rest.get(1..)?)),
        Some(_) => None,
    }
}

/// A value in quotes, in which `"`, `\` and `]` have a `\` before them (RFC 5424, section 6.3.3).
fn quoted(rest: &[u8]) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let rest = rest.strip_prefix(b"\"")?;
    let mut owned: Option<Vec<u8>> = None;
    let mut at = 0;
    loop {
        match *rest.get(at)? {
            b'"' => {
                let value = owned.map_or_else(|| Cow::Borrowed(rest.get(..at).unwrap_or_default()), Cow::Owned);
                return Some((value, rest.get(at + 1..)?));
            }
            b'\\' if rest.get(at + 1).is_some_and(|next| matches!(next, b'"' | b'\\' | b']')) => {
                owned.get_or_insert_with(|| rest.get(..at).unwrap_or_default().to_vec()).push(*rest.get(at + 1)?);
                at += 2;
            }
            byte => {
                if let Some(owned) = &mut owned {
                    owned.push(byte);
                }
                at += 1;
            }
        }
    }
}

/// Length of `Mmm dd hh:mm:ss` at the beginning.
fn old_timestamp(rest: &[u8]) -> Option<usize> {
    const LENGTH: usize = 15;
    let time = rest.get(..LENGTH).filter(|_| rest.get(LENGTH).is_none_or(|next| *next == b' '))?;
    let form = b"Mmm dd 00:00:00".iter().zip(time).skip(3).all(|(form, byte)| match form {
        b'0' => byte.is_ascii_digit(),
        b'd' => byte.is_ascii_digit() || *byte == b' ',
        other => other == byte,
    });
    (form && MONTHS.iter().any(|month| time.starts_with(month))).then_some(LENGTH)
}

/// A time of RFC 3339 in milliseconds since 1970 (UTC).
fn timestamp(text: &[u8]) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = text.get(range)?;
        digits.iter().all(u8::is_ascii_digit).then(|| digits.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    };
    let [year, month, day] = [number(0..4)?, number(5..7)?, number(8..10)?];
    let [hour, minute, second] = [number(11..13)?, number(14..16)?, number(17..19)?];
    let marks = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')].iter().all(|(at, mark)| text.get(*at) == Some(mark));
    let is_time = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    if !marks || !is_time || !matches!(text.get(10), Some(b'T' | b't')) {
        return None;
    }
    let mut rest = text.get(19..)?;
    let mut millis = 0;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut padded = fraction.iter().take(digits).map(|digit| i64::from(digit - b'0')).chain(std::iter::repeat(0));
        millis = (0..3).fold(0, |sum, _| sum * 10 + padded.next().unwrap_or(0));
        rest = fraction.get(digits..)?;
    }
    let zone = match rest {
        b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] if [h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit()) => {
            let two = |tens: &u8, ones: &u8| i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
            let minutes = two(h1, h2) * 60 + two(m1, m2);
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    // Days from a civil date, after Howard Hinnant: years begin in March, eras have 400 of them.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some(((days * 24 + hour) * 3600 + (minute - zone) * 60 + second) * 1000 + millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &[u8]) -> String {
        String::from_utf8(Message::read(text).json()).unwrap()
    }

    #[test]
    fn the_new_form_has_all_its_fields() {
        let message = b"<165>1 2026-03-01T12:00:00.5+01:00 gpu-7 trainer 812 ID47 [run@32473 epoch=\"3\" note=\"a \\\"b\\\" \\] c\"][x] \xef\xbb\xbfepoch done";
        assert_eq!(
            json(message),
            r#"{"timestamp":"2026-03-01T12:00:00.5+01:00","hostname":"gpu-7","appname":"trainer","procid":"812","msgid":"ID47","facility":"local4","severity":"notice","structured_data":{"run@32473":{"epoch":"3","note":"a \"b\" ] c"},"x":{}},"message":"epoch done"}"#
        );
        assert_eq!(Message::read(message).time, Some(1_772_362_800_500));
        assert_eq!(json(b"<14>1 - - - - - -"), r#"{"facility":"user","severity":"info","message":""}"#);
        assert_eq!(json(b"<14>1 - h - - - - hi"), r#"{"hostname":"h","facility":"user","severity":"info","message":"hi"}"#);
    }

    #[test]
    fn the_old_form_is_read_as_far_as_it_goes() {
        for (text, wanted) in [
            (
                "<34>Mar  1 12:00:01 gpu-7 sshd[41]: user came",
                r#"{"timestamp":"Mar  1 12:00:01","hostname":"gpu-7","appname":"sshd","procid":"41","facility":"auth","severity":"crit","message":"user came"}"#,
            ),
            (
                "<13>Mar 11 12:00:01 cron: run",
                r#"{"timestamp":"Mar 11 12:00:01","appname":"cron","facility":"user","severity":"notice","message":"run"}"#,
            ),
            (
                "<13>2026-03-01T12:00:00Z gpu-7 app: run",
                r#"{"timestamp":"2026-03-01T12:00:00Z","hostname":"gpu-7","appname":"app","facility":"user","severity":"notice","message":"run"}"#,
            ),
            ("<13>just: text", r#"{"appname":"just","facility":"user","severity":"notice","message":"text"}"#),
            ("<13>no form at all", r#"{"facility":"user","severity":"notice","message":"no form at all"}"#),
            ("<999>text", r#"{"message":"<999>text"}"#),
            (
                "<13>1 2026-03-01T12:00:00Z gpu-7 cut",
                r#"{"facility":"user","severity":"notice","message":"1 2026-03-01T12:00:00Z gpu-7 cut"}"#,
            ),
        ] {
            assert_eq!(json(text.as_bytes()), wanted, "{text}");
        }
        assert_eq!(json(b"<13>a\xff"), "{\"facility\":\"user\",\"severity\":\"notice\",\"message\":\"a\u{fffd}\"}");
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        for (text, wanted) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T23:59:59.999999Z", Some(951_868_799_999)),
            ("2026-11-22T15:00:00-08:00", Some(1_795_388_400_000)),
            ("2026-13-22T15:00:00Z", None),
            ("2026-11-22 15:00:00Z", None),
            ("2026-11-22T15:00:00", None),
        ] {
            assert_eq!(timestamp(text.as_bytes()), wanted, "{text}");
        }
    }
}
