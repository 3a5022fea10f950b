//! From trusted metadata to a region, from the region's zone to the sinks that may have the record.

use super::SinkSet;
use crate::config::{Config, Problem, Problems, ResidencyRule, ServerConfig};
use crate::residency::Region;

/// Trusted metadata of records: from the listener, a path or the cluster, never from a record itself.
pub type Metadata<'m> = &'m [(&'m str, &'m str)];

/// Regions that a namespace names, with commas between them: its records belong to the first of them.
pub const NAMESPACE_REGION: &str = "residency.namespace";
/// Regions that a pod names: they may only take sinks away.
pub const POD_REGION: &str = "residency.pod";
/// Presets that a namespace or a pod asks for: without all of them in force its records go nowhere.
pub const PRESETS: &str = "policy.presets";
/// Says that the region of records was not known in time.
pub const QUARANTINE: &str = "residency.quarantine";

/// What becomes of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routing {
    /// Region that they belong to.
    pub region: &'static Region,
    /// Sinks that they go to.
    pub sinks: SinkSet,
}

/// Why a sink of a route gets records of a region, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground<'r> {
    /// It lies in their zone.
    Zone,
    /// It lies in another one, and the route states why they may leave theirs.
    Basis(&'r str),
    /// It lies in another one: it gets none of them.
    Never,
}

/// Decides where records go.
#[derive(Debug)]
pub struct Router {
    sources: Vec<Source>,
    rules: Vec<Rule>,
    default: &'static Region,
    /// Regions of the sinks.
    sinks: Vec<&'static Region>,
    /// Presets in force.
    presets: Vec<String>,
    /// For records whose region is not known in time; they keep the zone of this instance.
    quarantine: Option<(SinkSet, &'static Region)>,
}

#[derive(Debug)]
struct Source {
    name: String,
    /// Metadata that its records have, sooner or later.
    provides: &'static [&'static str],
    routes: Vec<Route>,
}

#[derive(Debug)]
struct Rule {
    /// Name of metadata and pattern; all must match.
    when: Vec<(String, String)>,
    region: &'static Region,
}

#[derive(Debug)]
struct Route {
    sinks: SinkSet,
    /// Why records may leave their zone on it.
    basis: Option<String>,
}

impl Router {
    /// Checks and compiles the routes of a configuration. `provides` says for each source what metadata it has.
    pub(crate) fn build(config: &Config, provides: &[&'static [&'static str]], problems: &mut Problems) -> Option<Self> {
        let server = &config.server;
        let before = problems.len();
        let home = config.region.as_deref().and_then(|name| region(name, config.region_line, "region", problems));
        if config.region.is_none() {
            problems.add(Problem::new(1, "region", "nothing", "the region where this instance runs, such as `eu-west-1`"));
        }
        let default = match &server.residency.default {
            Some(name) => region(name, server.residency.line, "residency.default", problems),
            None => home,
        };
        let rules: Vec<Rule> = server
            .residency
            .rules
            .iter()
            .filter_map(|rule| {
                let region = region(&rule.region, rule.line, &format!("{}.region", rule.path), problems)?;
                Some(Rule { when: rule.when.clone(), region })
            })
            .collect();
        unusable(server, provides, problems);
        let sinks: Vec<&'static Region> = server
            .sinks
            .iter()
            .filter_map(|sink| match &sink.region {
                Some(name) => region(name, sink.line, &format!("{}.region", sink.path), problems),
                None => home,
            })
            .collect();
        if server.sinks.len() > SinkSet::MAX {
            problems.add(Problem::new(1, "sinks", "more than 64 sinks", "at most 64"));
        }
        let mut sources: Vec<Source> = server
            .sources
            .iter()
            .zip(provides)
            .map(|(source, provides)| Source { name: source.name.clone(), provides, routes: Vec::new() })
            .collect();
        for route in &server.routes {
            let places: Vec<usize> =
                route.to.iter().filter_map(|name| place(name, &server.sinks, route.line, &route.path, "to", problems)).collect();
            let route_sinks: SinkSet = places.into_iter().collect();
            let named = route.from.as_ref().map(|from| {
                from.iter().filter_map(|name| place(name, &server.sources, route.line, &route.path, "from", problems)).collect::<Vec<_>>()
            });
            for (at, source) in sources.iter_mut().enumerate() {
                if named.as_ref().is_none_or(|named| named.contains(&at)) {
                    source.routes.push(Route { sinks: route_sinks, basis: route.basis.clone() });
                }
            }
        }
        let residency = &server.residency;
        let apart: Vec<usize> = residency
            .quarantine
            .iter()
            .filter_map(|name| place(name, &server.sinks, residency.line, "residency", "quarantine", problems))
            .collect();
        if let Some(home) = home
            && apart.iter().any(|sink| sinks.get(*sink).is_some_and(|region| region.zone != home.zone))
        {
            let allowed = format!("sinks in the zone of this instance, `{}`", home.zone);
            problems.add(Problem::new(residency.line, "residency.quarantine", "a sink in another zone", allowed));
        }
        if problems.len() > before {
            return None;
        }
        let quarantine = home.filter(|_| !apart.is_empty()).map(|home| (apart.into_iter().collect(), home));
        let router = Self { sources, rules, default: default?, sinks, presets: config.policy.presets.clone(), quarantine };
        router.check(config, problems);
        (problems.len() == before).then_some(router)
    }

    /// Every region that records of a source may belong to has to have a sink.
    fn check(&self, config: &Config, problems: &mut Problems) {
        for (at, (source, component)) in self.sources.iter().zip(&config.server.sources).enumerate() {
            if source.routes.is_empty() {
                problems.add(component.problem(
                    "",
                    "a source without a route",
                    "a route in `routes` whose `from` names it, or has no `from`",
                ));
                continue;
            }
            for region in self.regions(at) {
                if self.sinks(at, region).is_empty() {
                    let found = format!("records of the zone `{}` that no sink of its routes may have", region.zone);
                    let allowed = format!("a sink in the zone `{}`, or a `basis` on the route for leaving it", region.zone);
                    problems.add(component.problem("", found, allowed));
                }
            }
        }
    }

    /// Regions that records of a source may belong to, each once.
    pub fn regions(&self, source: usize) -> Vec<&'static Region> {
        let Some(source) = self.sources.get(source) else { return Vec::new() };
        let mut regions = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.when.iter().all(|condition| source.may_match(condition))) {
            regions.push(rule.region);
            if rule.when.iter().all(|(name, _)| name == "source") {
                // It matches every record of the source: nothing behind it is reached.
                regions.sort_by_key(|region| region.name);
                regions.dedup();
                return regions;
            }
        }
        regions.push(self.default);
        regions.sort_by_key(|region| region.name);
        regions.dedup();
        regions
    }

    /// Decides for records of a source. `None`: metadata that a rule asks for has not arrived yet, or what the cluster
    /// says of them cannot be met.
    ///
    /// What a namespace says comes before the default; where a rule, or the pod, says something else, the records go only
    /// where all of them let them go.
    pub fn route(&self, source: usize, metadata: Metadata<'_>) -> Option<Routing> {
        let from = self.sources.get(source)?;
        let said = |name: &'static str| {
            let values = metadata.iter().filter(move |(known, _)| *known == name);
            values.flat_map(|(_, value)| value.split(',')).map(str::trim)
        };
        let is_met = |preset: &str| preset == "standard" || self.presets.iter().any(|known| known == preset);
        if !said(PRESETS).all(is_met) {
            return None;
        }
        if said(QUARANTINE).next().is_some() {
            return self.quarantine.map(|(sinks, region)| Routing { region, sinks });
        }
        let ruled = self.ruled(from, metadata)?;
        let regions = |name| said(name).map(Region::find).collect::<Option<Vec<_>>>();
        let (namespace, pod) = (regions(NAMESPACE_REGION)?, regions(POD_REGION)?);
        let region = namespace.first().copied().or(ruled).unwrap_or(self.default);
        let all = namespace.into_iter().chain(ruled).chain(pod);
        let sinks = all.fold(self.sinks(source, region), |sinks, other| sinks.also_in(self.sinks(source, other)));
        // A region of the configuration has a sink; of one that the cluster names nobody knows before.
        (!sinks.is_empty()).then_some(Routing { region, sinks })
    }

    /// The region that a rule gives, if one matches. `None`: a rule cannot be decided yet.
    fn ruled(&self, from: &Source, metadata: Metadata<'_>) -> Option<Option<&'static Region>> {
        'rules: for rule in &self.rules {
            for (name, pattern) in &rule.when {
                let value = match metadata.iter().find(|(known, _)| known == name) {
                    Some((_, value)) => *value,
                    None if name == "source" => &from.name,
                    None if from.may_have(name) => return None,
                    None => continue 'rules,
                };
                if !matches(pattern.as_bytes(), value.as_bytes()) {
                    continue 'rules;
                }
            }
            return Some(Some(rule.region));
        }
        Some(None)
    }

    /// Sinks of a source's routes that may have records of a region.
    pub fn sinks(&self, source: usize, region: &Region) -> SinkSet {
        let may = |route: &Route, sink: &usize| route.basis.is_some() || self.lies_in(*sink, region.zone);
        self.routes(source).iter().flat_map(|route| route.sinks.iter().filter(move |sink| may(route, sink))).collect()
    }

    /// Every sink that a source's routes name, and why it gets records of a region, or does not.
    pub fn grounds(&self, source: usize, region: &Region) -> Vec<(usize, Ground<'_>)> {
        let routes = self.routes(source);
        let named: SinkSet = routes.iter().flat_map(|route| route.sinks.iter()).collect();
        let ground = |sink: usize| {
            if self.lies_in(sink, region.zone) {
                return Ground::Zone;
            }
            let basis = routes.iter().filter(|route| route.sinks.has(sink)).find_map(|route| route.basis.as_deref());
            basis.map_or(Ground::Never, Ground::Basis)
        };
        named.iter().map(|sink| (sink, ground(sink))).collect()
    }

    /// The region of a sink; that of this instance for one that stays on the machine.
    pub fn region_of(&self, sink: usize) -> Option<&'static Region> {
        self.sinks.get(sink).copied()
    }

    fn routes(&self, source: usize) -> &[Route] {
        self.sources.get(source).map(|source| source.routes.as_slice()).unwrap_or_default()
    }

    /// Whether a sink lies in a zone.
    pub fn lies_in(&self, sink: usize, zone: &str) -> bool {
        self.sinks.get(sink).is_some_and(|region| region.zone == zone)
    }

    /// The place of a source by its name.
    pub fn source(&self, name: &str) -> Option<usize> {
        self.sources.iter().position(|source| source.name == name)
    }
}

impl Source {
    fn may_have(&self, name: &str) -> bool {
        name == "source" || self.provides.contains(&name)
    }

    /// Whether a condition can hold for its records.
    fn may_match(&self, (name, pattern): &(String, String)) -> bool {
        if name == "source" { matches(pattern.as_bytes(), self.name.as_bytes()) } else { self.may_have(name) }
    }
}

/// Rules that never decide: for no source, or always behind another one.
fn unusable(server: &ServerConfig, provides: &[&'static [&'static str]], problems: &mut Problems) {
    let sources: Vec<_> = server.sources.iter().zip(provides).collect();
    for (at, rule) in server.residency.rules.iter().enumerate() {
        let path = format!("{}.when", rule.path);
        let mut wrong = |found: &str, allowed: &str| problems.add(Problem::new(rule.line, &path, found, allowed));
        let named =
            |source: &str| rule.when.iter().all(|(name, pattern)| name != "source" || matches(pattern.as_bytes(), source.as_bytes()));
        let known = |provides: &[&str]| rule.when.iter().all(|(name, _)| name == "source" || provides.contains(&name.as_str()));
        if !sources.iter().any(|(_, provides)| known(provides)) {
            wrong("metadata that no source has", "`source`, or what a source provides");
        } else if !sources.iter().any(|(source, provides)| named(&source.name) && known(provides)) {
            wrong("a pattern that no source has the name for", "a pattern that fits a source with this metadata");
        } else if server.residency.rules.iter().take(at).any(|earlier| takes_all(earlier, rule)) {
            wrong("a rule that an earlier one leaves nothing for", "the narrower rule first");
        }
    }
}

/// Whether a rule matches whatever another one matches.
fn takes_all(earlier: &ResidencyRule, rule: &ResidencyRule) -> bool {
    // A `*` of the narrower pattern is text here: only a `*` of the wider one can stand for it.
    let holds = |(name, pattern): &(String, String)| {
        let any = name == "source" && pattern == "*";
        any || rule.when.iter().any(|(other, narrower)| other == name && matches(pattern.as_bytes(), narrower.as_bytes()))
    };
    earlier.when.iter().all(holds)
}

fn region(name: &str, line: usize, path: &str, problems: &mut Problems) -> Option<&'static Region> {
    let found = Region::find(name);
    if found.is_none() {
        problems.add(Problem::new(line, path, "an unknown region", "a region of AWS, Azure or Google Cloud, such as `eu-west-1`"));
    }
    found
}

fn place(name: &str, list: &[crate::config::Component], line: usize, path: &str, key: &str, problems: &mut Problems) -> Option<usize> {
    let found = list.iter().position(|component| component.name == name);
    if found.is_none() {
        let known = list.iter().map(|component| format!("`{}`", component.name)).collect::<Vec<_>>().join(", ");
        problems.add(Problem::new(
            line,
            &format!("{path}.{key}"),
            "an unknown name",
            if known.is_empty() { "none is configured".to_owned() } else { known },
        ));
    }
    found
}

/// Whether text matches a pattern in which `*` stands for any text.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    // The classic walk: on a mismatch the last `*` takes one byte more.
    let (mut at, mut here, mut star) = (0, 0, None);
    while here < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, here));
                at += 1;
            }
            Some(byte) if text.get(here) == Some(byte) => {
                at += 1;
                here += 1;
            }
            _ => match star {
                Some((behind, from)) => {
                    (at, here) = (behind, from + 1);
                    star = Some((behind, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router(text: &str, provides: &[&'static [&'static str]]) -> Result<Router, String> {
        let config = Config::parse(text).map_err(|problems| problems.to_string())?;
        let mut problems = Problems::default();
        Router::build(&config, provides, &mut problems).ok_or_else(|| problems.to_string())
    }

    const BASE: &str = "region: eu-west-1
sources: { app: { type: http }, pods: { type: kubernetes } }
sinks:
  eu: { type: s3, region: eu-central-1 }
  us: { type: s3, region: us-east-1 }
";
    const PROVIDES: [&[&str]; 2] = [&[], &["namespace"]];

    fn names(router: &Router, source: &str, metadata: Metadata<'_>) -> Option<(&'static str, Vec<usize>)> {
        let routing = router.route(router.source(source)?, metadata)?;
        Some((routing.region.zone, routing.sinks.iter().collect()))
    }

    #[test]
    fn records_go_where_their_zone_may_go() {
        let text = format!(
            "{BASE}residency: {{ rules: [{{ when: {{ namespace: 'us-*' }}, region: us-west-2 }}] }}\nroutes: [{{ to: [eu, us] }}]\n"
        );
        let router = router(&text, &PROVIDES).unwrap();
        assert_eq!(names(&router, "app", &[]), Some(("eu", vec![0])));
        assert_eq!(names(&router, "pods", &[("namespace", "us-train")]), Some(("us", vec![1])));
        assert_eq!(names(&router, "pods", &[("namespace", "train")]), Some(("eu", vec![0])));
        assert_eq!(names(&router, "pods", &[]), None, "the namespace is not known yet");
    }

    #[test]
    fn a_namespace_decides_and_a_pod_may_only_tighten() {
        let rules = "residency: { rules: [{ when: { namespace: 'us-*' }, region: us-west-2 }], quarantine: eu }";
        let router = router(&format!("preset: [hipaa]\n{BASE}{rules}\nroutes: [{{ to: [eu, us] }}]\n"), &PROVIDES).unwrap();
        let route = |namespace: &str, more: &[(&str, &str)]| names(&router, "pods", &[&[("namespace", namespace)], more].concat());
        let (eu, us) = (Some(("eu", vec![0])), Some(("us", vec![1])));
        assert_eq!(route("a", &[]), eu);
        assert_eq!(route("a", &[(NAMESPACE_REGION, "us-east-1")]), us, "before the default");
        assert_eq!(route("us-a", &[(NAMESPACE_REGION, "eu-west-1")]), None, "a rule says otherwise");
        assert_eq!(route("us-a", &[(NAMESPACE_REGION, "us-east-2")]), us);
        assert_eq!(route("a", &[(NAMESPACE_REGION, "us-east-1,eu-west-1")]), None, "the namespace says two things");
        assert_eq!(route("a", &[(NAMESPACE_REGION, "mars-1")]), None);
        assert_eq!(route("a", &[(POD_REGION, "us-east-1")]), None, "it would leave the zone of its namespace");
        assert_eq!(route("a", &[(POD_REGION, "eu-central-1")]), eu);
        assert_eq!(route("a", &[(POD_REGION, "")]), None);
        assert_eq!(route("a", &[(PRESETS, "hipaa,standard")]), eu);
        assert_eq!(route("a", &[(PRESETS, "hipaa,pci")]), None);
        assert_eq!(route("us-a", &[(QUARANTINE, "undecided")]), eu, "the zone of this instance");
        assert_eq!(route("a", &[(QUARANTINE, "undecided"), (PRESETS, "pci")]), None);
    }

    #[test]
    fn a_quarantine_lies_in_the_zone_of_the_instance() {
        let refused = router(&format!("{BASE}residency: {{ quarantine: [us] }}\nroutes: [{{ to: [eu] }}]\n"), &PROVIDES).map(drop);
        assert!(refused.unwrap_err().contains("`residency.quarantine`: found a sink in another zone"));
        let without = router(&format!("{BASE}routes: [{{ to: [eu] }}]\n"), &PROVIDES).unwrap();
        assert_eq!(names(&without, "pods", &[(QUARANTINE, "undecided")]), None);
    }

    #[test]
    fn a_basis_lets_records_leave_their_zone() {
        let router = router(&format!("{BASE}routes: [{{ to: [us], basis: 'SCC 2021/914' }}]\n"), &PROVIDES).unwrap();
        assert_eq!(names(&router, "app", &[]), Some(("eu", vec![1])));
    }

    #[test]
    fn what_has_nowhere_to_go_is_refused() {
        for (routes, problem) in [
            ("routes: [{ to: [us] }]", "line 2: `sources.app`: found records of the zone `eu`"),
            ("routes: [{ from: [app], to: [eu] }]", "`sources.pods`: found a source without a route"),
            ("routes: [{ to: [eux] }]", "`routes[0].to`: found an unknown name; allowed: `eu`, `us`"),
            ("routes: [{ to: [eu] }]\nresidency: { default: eu-west-9 }", "`residency.default`: found an unknown region"),
            ("routes: [{ to: [eu] }]\nresidency: { rules: [{ when: { team: a }, region: eu-west-1 }] }", "metadata that no source has"),
            (
                "routes: [{ to: [eu] }]\nresidency: { rules: [{ when: { namespace: a }, region: us-east-1 }] }",
                "`sources.pods`: found records of the zone `us`",
            ),
        ] {
            let text = format!("{BASE}{routes}\n");
            let refused = router(&text, &PROVIDES).map(drop).unwrap_err();
            assert!(refused.contains(problem), "{routes}: {refused}");
        }
    }

    #[test]
    fn what_check_says_is_what_holds() {
        let rules =
            "residency: { rules: [{ when: { source: app }, region: us-west-2 }, { when: { namespace: 'us-*' }, region: us-east-1 }] }";
        let text = format!(
            "{BASE}{rules}\nroutes: [{{ to: [eu] }}, {{ from: [app], to: [us, eu], basis: contract }}, {{ from: [pods], to: [us] }}]\n"
        );
        let router = router(&text, &PROVIDES).unwrap();
        let regions = |source| router.regions(source).iter().map(|region| region.name).collect::<Vec<_>>();
        assert_eq!((regions(0), regions(1)), (vec!["us-west-2"], vec!["eu-west-1", "us-east-1"]));
        let us = Region::find("us-west-2").unwrap();
        assert_eq!(router.grounds(0, us), [(0, Ground::Basis("contract")), (1, Ground::Zone)]);
        assert_eq!(router.grounds(1, us), [(0, Ground::Never), (1, Ground::Zone)]);
        assert_eq!(router.sinks(1, us).iter().collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn rules_that_never_decide_are_refused() {
        let a = "{ when: { namespace: 'a*' }, region: eu-west-1 }";
        for (rules, problem) in [
            (format!("{a}, {{ when: {{ namespace: 'ab*' }}, region: us-east-1 }}"), Some("`residency.rules[1].when`: found a rule that")),
            (format!("{a}, {{ when: {{ namespace: 'b*' }}, region: eu-west-3 }}"), None),
            (format!("{a}, {{ when: {{ namespace: '*' }}, region: eu-west-3 }}"), None),
            (format!("{{ when: {{ source: '*' }}, region: eu-west-1 }}, {a}"), Some("`residency.rules[1].when`: found a rule that")),
            ("{ when: { source: apq }, region: eu-west-1 }".to_owned(), Some("found a pattern that no source")),
            ("{ when: { source: app, namespace: a }, region: eu-west-1 }".to_owned(), Some("found a pattern that no source")),
        ] {
            let found = router(&format!("{BASE}residency: {{ rules: [{rules}] }}\nroutes: [{{ to: [eu] }}]\n"), &PROVIDES);
            match problem {
                Some(problem) => assert!(found.as_ref().is_err_and(|said| said.contains(problem)), "{rules}: {found:?}"),
                None => assert!(found.is_ok(), "{rules}: {found:?}"),
            }
        }
    }

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("us-*", "us-train", true),
            ("us-*", "eu-us-", false),
            ("*", "", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("ab", "abc", false),
            ("", "", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
        }
    }
}
