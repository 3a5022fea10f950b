//! Key and body of an object.

use super::super::{Request, SendError, encode};
use std::io::{self, Write};

/// Hex digits of `{id}`.
pub(super) const ID: usize = 32;

/// How a body is packed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    pub(super) const CHOICES: [(&'static str, Self); 3] = [("zstd", Self::Zstd), ("gzip", Self::Gzip), ("none", Self::None)];

    /// End of a file name.
    pub(super) fn end(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }

    /// The form as it is stored. It is no `Content-Encoding`: clients would unpack behind the reader's back.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::None => "application/x-ndjson",
            Self::Gzip => "application/gzip",
            Self::Zstd => "application/zstd",
        }
    }
}

/// Keeps objects of different processes apart: sequence numbers of a buffer in memory begin anew at each start.
pub(super) struct Salt([u8; 16]);

impl Salt {
    pub(super) fn new() -> io::Result<Self> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| io::Error::other("no random numbers"))?;
        Ok(Self(bytes))
    }
}

/// The key: what the partition left open is filled in. The same for the same records, however often they are sent.
pub(super) fn key(request: &Request, sink: &str, salt: &Salt) -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(&salt.0).update(sink.as_bytes()).update(&[0]);
    for part in &request.parts {
        for number in [part.entry.sequence, part.range.start as u64, part.range.end as u64] {
            hash.update(&number.to_le_bytes());
        }
    }
    let id = hash.finalize().to_hex();
    let time = request.records().next().map_or(0, |(_, record)| record.time);
    let (date, clock) = calendar(time);
    let filled = request.partition.replace("{id}", id.get(..ID).unwrap_or_default()).replace("{date}", &date);
    filled.replace("{hour}", clock.get(..2).unwrap_or_default()).replace("{time}", &format!("{}T{clock}Z", date.replace('-', "")))
}

/// Date (`2026-11-22`) and time of the day (`121501.123`) of milliseconds since 1970 (UTC).
fn calendar(time: i64) -> (String, String) {
    let (days, millis) = (time.div_euclid(86_400_000), time.rem_euclid(86_400_000));
    // The civil date from days, after Howard Hinnant's `civil_from_days`: years begin in March.
    let shifted = days.saturating_add(719_468);
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = (year + era * 400 + i64::from(month <= 2)).clamp(0, 9999);
    let (hour, minute, second) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
    (format!("{year:04}-{month:02}-{day:02}"), format!("{hour:02}{minute:02}{second:02}.{:03}", millis % 1000))
}

/// The body. Packing megabytes takes long enough to hold up others, so it has a thread of its own.
pub(super) async fn pack(request: &Request, compression: Compression) -> Result<Vec<u8>, SendError> {
    let copy = Request { partition: String::new(), parts: request.parts.clone(), ..*request };
    let work = tokio::task::spawn_blocking(move || packed(&copy, compression));
    work.await.ok().and_then(Result::ok).ok_or(SendError::retry("packing failed"))
}

fn packed(request: &Request, compression: Compression) -> io::Result<Vec<u8>> {
    let room = if compression == Compression::None { request.bytes } else { request.bytes / 8 };
    let out = Vec::with_capacity(room);
    match compression {
        Compression::None => write(request, out),
        Compression::Gzip => write(request, flate2::write::GzEncoder::new(out, flate2::Compression::fast()))?.finish(),
        Compression::Zstd => {
            let mut packer = zstd::stream::write::Encoder::new(out, 3)?;
            packer.include_checksum(true)?;
            write(request, packer)?.finish()
        }
    }
}

/// Writes the lines piece by piece: no second copy of all of them is ever there.
fn write<W: Write>(request: &Request, mut out: W) -> io::Result<W> {
    const PIECE: usize = 64 * 1024;
    let mut lines = Vec::with_capacity(2 * PIECE);
    for part in &request.parts {
        let encoder = encode::Lines::of(part);
        for record in part.records() {
            encoder.write(&record, &mut lines);
            if lines.len() >= PIECE {
                out.write_all(&lines)?;
                lines.clear();
            }
        }
    }
    out.write_all(&lines)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::calendar;

    #[test]
    fn times_have_their_date() {
        for (time, date, clock) in [
            (0, "1970-01-01", "000000.000"),
            (-1, "1969-12-31", "235959.999"),
            (951_782_399_999, "2000-02-28", "235959.999"),
            (951_782_400_000, "2000-02-29", "000000.000"),
            (951_868_800_000, "2000-03-01", "000000.000"),
            (1_795_350_000_123, "2026-11-22", "122000.123"),
            (4_107_542_400_000, "2100-03-01", "000000.000"),
        ] {
            assert_eq!(calendar(time), (date.to_owned(), clock.to_owned()));
        }
        assert_eq!(calendar(i64::MAX).0.len(), 10);
    }
}
