//! Log lines of six kinds of program, in our own words, with varying content.
//!
//! Addresses are private and users are system users, so that the preset `standard` has
//! nothing to find here: what is found in a corpus was planted.

use super::rng::Rng;
use std::fmt::Write as _;

const WORDS: [&str; 40] = [
    "cache",
    "shard",
    "queue",
    "worker",
    "lease",
    "index",
    "batch",
    "replica",
    "segment",
    "volume",
    "router",
    "planner",
    "reader",
    "writer",
    "bucket",
    "column",
    "cursor",
    "merge",
    "flush",
    "commit",
    "window",
    "stage",
    "task",
    "probe",
    "mount",
    "image",
    "layer",
    "config",
    "secret-store",
    "gateway",
    "session-pool",
    "ledger",
    "journal",
    "snapshot",
    "frame",
    "buffer",
    "socket",
    "timer",
    "quota",
    "tenant",
];
const VERBS: [&str; 16] = [
    "opened",
    "closed",
    "started",
    "finished",
    "retried",
    "skipped",
    "evicted",
    "promoted",
    "rebuilt",
    "verified",
    "loaded",
    "scheduled",
    "throttled",
    "resumed",
    "drained",
    "rotated",
];
const PATHS: [&str; 10] =
    ["/api/v2/items", "/health", "/static/app.js", "/search", "/orders", "/metrics", "/img/logo.svg", "/login", "/feed", "/export"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A clock that only goes forward.
pub(crate) struct Clock {
    millis: u64,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { millis: 0 }
    }

    fn tick(&mut self, rng: &mut Rng) -> Moment {
        self.millis += rng.below(900);
        let (seconds, days) = (self.millis / 1000, self.millis / 86_400_000);
        Moment {
            month: (1 + days / 28 % 12) as usize,
            day: 1 + days % 28,
            hour: seconds / 3600 % 24,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            millis: self.millis % 1000,
        }
    }
}

struct Moment {
    month: usize,
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
    millis: u64,
}

fn private(rng: &mut Rng) -> String {
    format!("10.{}.{}.{}", rng.below(256), rng.below(256), rng.between(1, 254))
}

/// Appends one line without its end to `out`.
pub(crate) fn write_line(rng: &mut Rng, clock: &mut Clock, out: &mut String) {
    let t = clock.tick(rng);
    let (hour, minute, second, millis) = (t.hour, t.minute, t.second, t.millis);
    let clock_text = format!("{hour:02}:{minute:02}:{second:02}");
    let date = format!("2026-{:02}-{:02}", t.month, t.day);
    let syslog = format!("{} {:2} {clock_text}", MONTHS[t.month - 1], t.day);
    let ip = private(rng);
    let (word, verb, path) = (*rng.pick(&WORDS), *rng.pick(&VERBS), *rng.pick(&PATHS));
    let written = match rng.below(14) {
        0 => write!(
            out,
            "{syslog} node-{} sshd[{}]: Failed password for root from {ip} port {} ssh2",
            rng.below(64),
            rng.below(90_000),
            rng.between(1024, 65_535)
        ),
        1 => write!(
            out,
            "{syslog} node-{} sshd[{}]: pam_unix(sshd:session): session {verb} for user root by (uid=0)",
            rng.below(64),
            rng.below(90_000)
        ),
        2 => write!(
            out,
            "{ip} - - [{:02}/{}/2026:{clock_text} +0000] \"GET {path}?page={}&sort={word} HTTP/1.1\" {} {} \"-\" \"curl/8.{}.0\"",
            t.day,
            MONTHS[t.month - 1],
            rng.below(5000),
            rng.pick(&[200, 200, 200, 204, 301, 404, 500]),
            rng.below(250_000),
            rng.below(12)
        ),
        3 => write!(
            out,
            "2026/{:02}/{:02} {clock_text} [error] {}#0: *{} connect() failed (111: Connection refused) while connecting to upstream, \
             client: {ip}, request: \"GET {path} HTTP/1.1\", upstream: \"http://{}:8080{path}\"",
            t.month,
            t.day,
            rng.below(9000),
            rng.below(3_000_000),
            private(rng)
        ),
        4 => write!(
            out,
            "I{:02}{:02} {clock_text}.{millis:03}412 {} pod_workers.go:{}] \"{word} {verb}\" pod=\"apps/{word}-{}-{}\" containerID=\"{}\"",
            t.month,
            t.day,
            rng.below(9000),
            rng.below(900),
            rng.hex(9),
            rng.text("bcdfghjklmnpqrstvwxz", 5),
            rng.hex(12)
        ),
        5 => write!(
            out,
            "E{:02}{:02} {clock_text}.{millis:03}918 {} prober.go:{}] Readiness probe for {word} {verb}: Get \"http://{ip}:8080/ready\": \
             context deadline exceeded after {}ms",
            t.month,
            t.day,
            rng.below(9000),
            rng.below(900),
            rng.below(30_000)
        ),
        6 => write!(
            out,
            "{:02}{:02}26 {hour:02}{minute:02}{second:02} {} INFO dfs.DataNode$DataXceiver: Receiving block blk_{}{} src: /{ip}:{} dest: /{}:50010",
            t.month,
            t.day,
            rng.below(9000),
            rng.pick(&["", "-"]),
            rng.next() >> 1,
            rng.between(32_768, 60_999),
            private(rng)
        ),
        7 => write!(
            out,
            "{date} {clock_text},{millis:03} INFO dfs.FSNamesystem: BLOCK* NameSystem.addStoredBlock: blockMap updated: {ip}:50010 is added to \
             blk_{} size {}",
            rng.next() >> 1,
            rng.below(67_108_864)
        ),
        8 => write!(
            out,
            "26/{:02}/{:02} {clock_text} INFO executor.Executor: Running task {}.0 in stage {}.0 (TID {})",
            t.month,
            t.day,
            rng.below(4000),
            rng.below(300),
            rng.below(900_000)
        ),
        9 => write!(
            out,
            "26/{:02}/{:02} {clock_text} INFO storage.BlockManager: Found block rdd_{}_{} locally, {:.1} KB of {} {verb}",
            t.month,
            t.day,
            rng.below(90),
            rng.below(4000),
            rng.below(99_999) as f64 / 10.0,
            word
        ),
        10 => write!(
            out,
            "{date} {clock_text},{millis:03} | INFO | epoch {} step {}/{} loss {:.6} lr {:.3e} grad_norm {:.4} tokens/s {}",
            rng.below(40),
            rng.below(100_000),
            100_000,
            rng.below(9_000_000) as f64 / 1e6,
            rng.below(9000) as f64 / 1e7,
            rng.below(90_000) as f64 / 1e4,
            rng.below(400_000)
        ),
        11 => write!(
            out,
            "{date}T{clock_text}.{millis:03}Z rank={} val/acc={:.5} val/loss={:.5} mem={}MiB eta={}s checkpoint=step_{:07}.pt",
            rng.below(512),
            rng.below(100_000) as f64 / 1e5,
            rng.below(500_000) as f64 / 1e5,
            rng.below(81_920),
            rng.below(90_000),
            rng.below(1_000_000)
        ),
        12 => write!(
            out,
            "{date}T{clock_text}.{millis:03}Z level=info svc={word} msg=\"{word} {verb}\" took={}us attempt={} trace={}",
            rng.below(900_000),
            rng.below(6),
            rng.hex(16)
        ),
        _ => write!(
            out,
            "{date} {clock_text}.{millis:03} WARN  [{word}-{}] c.a.{word}.Manager - {} entries {verb} in {} ms; {} of {} left",
            rng.below(64),
            rng.below(100_000),
            rng.below(9000),
            rng.below(1000),
            rng.below(100_000)
        ),
    };
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}
