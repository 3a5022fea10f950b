//! The corpus of `hushlog bench`: log lines from a seed, never the same twice.
//!
//! The mix is that of a cluster: service logs in text and JSON, syslog of nodes, access
//! logs, logfmt, a training loop. One line in fifty holds a synthetic value (documentation
//! ranges, generated numbers). The same seed gives the same bytes on every machine. Shares
//! nothing with the detectors, and is made for speed: numbers are written by hand.

/// One line in this many holds a value.
const ONE_IN: u64 = 50;

/// The lines, each as often as its share of the mix. `%` and a letter stand for something
/// made up: see [`Corpus::expand`].
const LINES: &[&str] = &[
    SERVICE, SERVICE, SERVICE, SERVICE, SERVICE, RECORD, RECORD, RECORD, RECORD, SYSLOG, SYSLOG, SYSLOG, ACCESS, ACCESS, ACCESS, LOGFMT,
    LOGFMT, TRAINING,
];
const SERVICE: &str = "%t %l [worker-%n64;] c.e.%s.Handler - %w %w %w %w %w id %n100000; in \
    %n900; ms, %n40; items, %w=%w depth=%n300;%e";
const RECORD: &str = r#"{"ts":"%t","level":"%l","service":"%s","msg":"%w %w %w %w %w %w","trace_id":"%h%h","span_id":"%h","duration_ms":%d,"attempt":%n5;%j}"#;
const SYSLOG: &str = "Mar  1 %c node-%n400; kubelet[%n30000;]: kubelet.go:%n3000;] \"%w %w %w \
    %w\" pod=\"default/%s-%h\" containerID=\"%h\" from 10.%n256;.%n256;.%n256;%e";
const ACCESS: &str = "10.4.%n256;.%n256; - - [01/Mar/2026:%c +0000] \"GET /v1/%p?page=%n90;%u \
    HTTP/1.1\" 200 %n90000; \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/1%n40;.0\" \
    %d";
const LOGFMT: &str = "level=info ts=%t caller=engine.go:%n900; component=%s msg=\"%w %w %w\" \
    duration=%ds blocks=%n64;%q";
const TRAINING: &str = "[rank %n64;] step %n500000; | loss %d | lr 3.00e-04 | grad_norm %d | \
    tok/s %n90000; | mem %dGiB%e";

const WORDS: &[&str] = &[
    "accepted", "batch", "cache", "closed", "commit", "consumer", "evicted", "expired", "fetched", "flushed", "handler", "index", "job",
    "lease", "loaded", "merged", "pending", "pool", "queue", "replica", "request", "retry", "rolled", "segment", "shard", "snapshot",
    "started", "stream", "synced", "timeout", "upstream", "volume", "worker",
];
const SERVICES: &[&str] =
    &["api", "billing", "checkout", "dispatch", "gateway", "ledger", "notifier", "orders", "pricing", "search", "stock"];
const LEVELS: &[&str] = &["INFO", "INFO", "INFO", "DEBUG", "DEBUG", "WARN", "ERROR"];
const PATHS: &[&str] = &["items", "orders", "health", "app.js", "search", "metrics"];
const NAMES: &[&str] = &["alex", "bo", "chris", "dana", "eli", "fran", "gray", "hana"];
const KEYS: &[&str] = &["email", "ssn", "card", "client_ip", "phone", "password", "mrn"];

/// Makes lines, one after another.
pub(super) struct Corpus {
    state: u64,
    /// Milliseconds since midnight.
    clock: u64,
    json: bool,
}

impl Corpus {
    /// `json` puts every line into a JSON record.
    pub(super) fn new(seed: u64, json: bool) -> Self {
        Self { state: seed, clock: 0, json }
    }

    /// Appends whole lines until `out` holds at least `size` bytes; returns how many.
    pub(super) fn fill(&mut self, out: &mut Vec<u8>, size: usize) -> u64 {
        let mut lines = 0;
        let mut line = Vec::new();
        while out.len() < size {
            self.clock += self.below(20);
            let template = self.pick(LINES);
            let value = self.below(ONE_IN) == 0;
            if self.json {
                line.clear();
                self.expand(template, &mut line, value);
                self.wrap(out, &line);
            } else {
                self.expand(template, out, value);
            }
            out.push(b'\n');
            lines += 1;
        }
        lines
    }

    /// Appends a template with its parts made up. `%t` is a timestamp, `%c` the time of
    /// day, `%l` a level, `%s` a service, `%w` a word, `%p` a path, `%h` 16 hexadecimal
    /// digits, `%d` a decimal number, `%n9;` a number below 9. `%e`, `%q`, `%u` and `%j`
    /// are the value and its key as plain text, quoted, in a query and in JSON, or nothing
    /// if `value` is not set.
    fn expand(&mut self, template: &str, out: &mut Vec<u8>, value: bool) {
        let mut pieces = template.split('%');
        text(out, pieces.next().unwrap_or_default());
        for piece in pieces {
            let mut rest = piece.chars();
            match rest.next().unwrap_or_default() {
                't' => self.timestamp(out),
                'c' => self.time_of_day(out),
                'l' => text(out, self.pick(LEVELS)),
                's' => text(out, self.pick(SERVICES)),
                'w' => text(out, self.pick(WORDS)),
                'p' => text(out, self.pick(PATHS)),
                'h' => self.hex(out),
                'd' => self.decimal(out),
                'n' => {
                    let digits = rest.by_ref().map_while(|c| c.to_digit(10));
                    let limit = digits.fold(0, |sum, digit| sum * 10 + u64::from(digit));
                    number(out, self.below(limit));
                }
                'e' if value => self.field(out, [" ", "=", ""]),
                'q' if value => self.field(out, [" ", "=\"", "\""]),
                'u' if value => self.field(out, ["&", "=", ""]),
                'j' if value => self.field(out, [",\"", "\":\"", "\""]),
                _ => {}
            }
            text(out, rest.as_str());
        }
    }

    /// A key and a synthetic value, with what stands before, between and behind them.
    fn field(&mut self, out: &mut Vec<u8>, [before, between, behind]: [&str; 3]) {
        let key = self.pick(KEYS);
        text(out, before);
        text(out, key);
        text(out, between);
        match key {
            "email" => {
                text(out, self.pick(NAMES));
                out.push(b'.');
                text(out, self.pick(NAMES));
                number(out, self.below(10_000));
                text(out, "@example.com");
            }
            "ssn" => {
                number(out, 101 + self.below(500));
                out.push(b'-');
                number(out, 10 + self.below(89));
                out.push(b'-');
                number(out, 1000 + self.below(9000));
            }
            "card" => self.card(out),
            "client_ip" => {
                text(out, "203.0.113.");
                number(out, self.below(256));
            }
            "phone" => {
                text(out, "212-555-01");
                number(out, 10 + self.below(90));
            }
            "password" => self.hex(out),
            _ => number(out, 1_000_000 + self.below(9_000_000)),
        }
        text(out, behind);
    }

    /// Sixteen digits that begin with 4 and end in their Luhn digit (ISO/IEC 7812-1).
    fn card(&mut self, out: &mut Vec<u8>) {
        let mut sum = 0;
        for at in 0..15 {
            let digit = if at == 0 { 4 } else { self.below(10) };
            let doubled = digit * 2;
            sum += match at % 2 {
                0 if doubled > 9 => doubled - 9,
                0 => doubled,
                _ => digit,
            };
            number(out, digit);
        }
        number(out, (10 - sum % 10) % 10);
    }

    fn wrap(&mut self, out: &mut Vec<u8>, line: &[u8]) {
        text(out, "{\"time\":\"");
        self.timestamp(out);
        text(out, "\",\"stream\":\"stdout\",\"log\":\"");
        for byte in line {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(*byte);
        }
        text(out, "\\n\"}");
    }

    fn timestamp(&self, out: &mut Vec<u8>) {
        text(out, "2026-03-01T");
        self.time_of_day(out);
        out.push(b'.');
        let millis = self.clock % 1000;
        number(out, millis / 100);
        two_digits(out, millis % 100);
        out.push(b'Z');
    }

    fn time_of_day(&self, out: &mut Vec<u8>) {
        let seconds = self.clock / 1000;
        two_digits(out, seconds / 3600 % 24);
        out.push(b':');
        two_digits(out, seconds / 60 % 60);
        out.push(b':');
        two_digits(out, seconds % 60);
    }

    fn hex(&mut self, out: &mut Vec<u8>) {
        let mut bits = self.next();
        for _ in 0..16 {
            let digit = (bits & 15) as u8;
            out.push(digit + if digit < 10 { b'0' } else { b'a' - 10 });
            bits >>= 4;
        }
    }

    fn decimal(&mut self, out: &mut Vec<u8>) {
        number(out, self.below(100));
        out.push(b'.');
        number(out, self.below(10_000));
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        let at = self.below(from.len() as u64);
        from.get(at as usize).copied().unwrap_or_default()
    }

    /// A number below `limit`, evenly enough for words and digits.
    fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

fn two_digits(out: &mut Vec<u8>, value: u64) {
    number(out, value / 10 % 10);
    number(out, value % 10);
}

fn number(out: &mut Vec<u8>, value: u64) {
    if value >= 10 {
        number(out, value / 10);
    }
    out.push(b'0' + (value % 10) as u8);
}

#[cfg(test)]
mod tests;
