//! What presets ask of the way of the records, beside the masks.
//!
//! Each demand names the text that it comes from. What cannot be seen from a configuration, such as
//! who may read a bucket, is not checked here; docs/policy.md lists it.

use crate::config::{Component, Config, Problem, Problems};

/// One demand: the presets that make it, and what has to hold.
struct Demand {
    presets: &'static [&'static str],
    check: fn(&Config, &str, &mut Problems),
}

const DEMANDS: &[Demand] = &[
    Demand { presets: &["hipaa"], check: agreements },
    Demand { presets: &["hipaa", "pci"], check: encrypted_buffer },
    Demand { presets: &["hipaa", "pci", "soc2"], check: audit },
    Demand { presets: &["hipaa", "gdpr", "pci", "soc2"], check: retention },
    Demand { presets: &["gdpr"], check: erasable },
];

/// Adds what the presets of a configuration ask for and it does not have.
pub(super) fn check(config: &Config, problems: &mut Problems) {
    for demand in DEMANDS {
        let asked = config.policy.presets.iter().flat_map(|list| list.split(',')).map(str::trim).find(|name| demand.presets.contains(name));
        if let Some(preset) = asked {
            (demand.check)(config, preset, problems);
        }
    }
}

/// Who keeps protected health information for another has an agreement (45 CFR 164.504(e)).
fn agreements(config: &Config, preset: &str, problems: &mut Problems) {
    for sink in config.server.sinks.iter().filter(|sink| sink.region.is_some() && sink.baa.is_none()) {
        problems.add(sink.problem("baa", "nothing", format!("the number of the business associate agreement, which `{preset}` asks for")));
    }
}

/// What waits on disk is encrypted (45 CFR 164.312(a)(2)(iv); PCI DSS 3.5).
fn encrypted_buffer(config: &Config, preset: &str, problems: &mut Problems) {
    let buffer = &config.server.buffer;
    if buffer.dir.is_some() && buffer.key.is_none() {
        let allowed = format!("`{{ file: PATH }}` of a key of 32 bytes: `{preset}` asks for an encrypted buffer");
        problems.add(Problem::new(buffer.line, "buffer.key", "nothing", allowed));
    }
}

/// What the program did is recorded (45 CFR 164.312(b); PCI DSS 10.2; TSC CC7.2).
fn audit(config: &Config, preset: &str, problems: &mut Problems) {
    if config.server.audit.is_none() {
        let allowed = format!("`{{ path: FILE, to: SINK }}`: `{preset}` asks for an audit log");
        problems.add(Problem::new(1, "audit", "nothing", allowed));
    }
}

/// Records are not kept for ever (GDPR, Article 5(1)(e); PCI DSS 3.2.1; TSC C1.2).
fn retention(config: &Config, preset: &str, problems: &mut Problems) {
    for sink in config.server.sinks.iter().filter(|sink| sink.kind == "cloudwatch_logs" && !has(sink, "retention")) {
        problems.add(sink.problem("retention", "nothing", format!("how long records are kept, such as `30d`: `{preset}` asks for an end")));
    }
}

/// Records of people can be erased (GDPR, Article 17): no lock that nobody can lift, save on the audit log.
fn erasable(config: &Config, preset: &str, problems: &mut Problems) {
    let audit = config.server.audit.as_ref().and_then(|audit| audit.to.as_deref());
    for sink in config.server.sinks.iter().filter(|sink| audit != Some(sink.name.as_str())) {
        if locks_for_good(sink) {
            let allowed =
                format!("`mode: governance`: under `{preset}` records have to be erasable; only the sink of the audit log may be locked");
            problems.add(sink.problem("object_lock.mode", "`compliance`", allowed));
        }
    }
}

fn has(component: &Component, key: &'static str) -> bool {
    component.options().take(key).is_some()
}

fn locks_for_good(sink: &Component) -> bool {
    let mut unread = Problems::default();
    let lock = sink.options().take("object_lock").and_then(|lock| lock.map(&mut unread, ""));
    lock.and_then(|mut lock| lock.take("mode")?.text(&mut unread, "")).is_some_and(|mode| mode == "compliance")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "region: eu-west-1
sinks:
  cw: { type: cloudwatch_logs, region: eu-west-1, group: g }
  a: { type: s3, region: eu-west-1, bucket: b, object_lock: { mode: compliance, retain: 1y } }
  w: { type: s3, region: eu-west-1, bucket: b, object_lock: { mode: compliance, retain: 1y } }
  o: { type: stdout }
buffer: { dir: /tmp/b }
";

    fn paths(more: &str) -> Vec<String> {
        let config = Config::parse(&format!("{more}\n{CONFIG}")).unwrap();
        let mut problems = Problems::default();
        check(&config, &mut problems);
        problems.iter().map(|problem| problem.path.clone()).collect()
    }

    #[test]
    fn each_preset_asks_for_what_its_text_asks() {
        let audit = "audit: { path: /tmp/a, to: w }";
        assert!(paths("preset: standard").is_empty());
        assert_eq!(paths("preset: gdpr"), ["sinks.cw.retention", "sinks.a.object_lock.mode", "sinks.w.object_lock.mode"]);
        assert_eq!(paths(&format!("preset: gdpr\n{audit}")), ["sinks.cw.retention", "sinks.a.object_lock.mode"]);
        assert_eq!(paths("preset: soc2"), ["audit", "sinks.cw.retention"]);
        assert_eq!(paths(&format!("preset: pci\n{audit}")), ["buffer.key", "sinks.cw.retention"]);
        assert_eq!(
            paths(&format!("preset: [{{ hipaa: {{ mode: safe_harbor }} }}]\n{audit}")),
            ["sinks.cw.baa", "sinks.a.baa", "sinks.w.baa", "buffer.key", "sinks.cw.retention"]
        );
    }
}
