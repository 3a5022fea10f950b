//! What a policy asks of masks: the composition of presets, and the masks that may be chosen.
//!
//! Between the preset data of the catalogue and the settings of an engine. Composition takes the
//! strictest of everything; a choice that a preset does not allow is refused with its reason.

use super::catalog::{KINDS, Limit, POLICIES, Policy};
use super::mask::Mask;
use super::networks::Network;

/// The rules of one preset, or of several together.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) names: Vec<String>,
    pub(crate) compliance: bool,
    pub(crate) one_pan_mask: bool,
    pub(crate) min_confidence: u8,
    pub(crate) leave_internal_networks: bool,
    pub(crate) leave_declared_networks: bool,
    pub(crate) leave_system_users: bool,
    pub(crate) name_dictionary: bool,
    /// By kind.
    kinds: Vec<Rule>,
    /// For user rules.
    rules: Rule,
}

/// What one kind's mask is and may be, and who says so.
#[derive(Clone, Debug)]
struct Rule {
    mask: Option<Mask>,
    allow: u8,
    why: Vec<(String, &'static str)>,
}

impl Limits {
    /// A preset in a mode; the default one without a name.
    pub(crate) fn of(name: &str, mode: Option<&str>) -> Option<Self> {
        let policy = POLICIES.iter().find(|policy| policy.name == name && mode.is_none_or(|mode| policy.mode == mode))?;
        Some(Self::from(policy))
    }

    /// The limits of both: every kind that one has on, under the strictest mask.
    #[must_use]
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.names.extend(other.names);
        self.compliance |= other.compliance;
        self.one_pan_mask |= other.one_pan_mask;
        self.min_confidence = self.min_confidence.min(other.min_confidence);
        self.leave_internal_networks &= other.leave_internal_networks;
        self.leave_declared_networks &= other.leave_declared_networks;
        self.leave_system_users &= other.leave_system_users;
        self.name_dictionary |= other.name_dictionary;
        self.kinds = self.kinds.into_iter().zip(other.kinds).map(|(one, other)| one.and(other)).collect();
        self.rules = self.rules.and(other.rules);
        self
    }

    /// What of `floor` these limits do not keep.
    pub(crate) fn below(&self, floor: &Self) -> Vec<String> {
        let mut below = Vec::new();
        if self.min_confidence > floor.min_confidence {
            below.push(format!("findings under {:.2} are dropped", f32::from(self.min_confidence) / 100.0));
        }
        if self.leave_internal_networks && !floor.leave_internal_networks {
            below.push("addresses of internal networks stay".to_owned());
        }
        if self.leave_system_users && !floor.leave_system_users {
            below.push("system users stay".to_owned());
        }
        if floor.name_dictionary && !self.name_dictionary {
            below.push("names in prose stay".to_owned());
        }
        let kinds = KINDS.iter().zip(self.kinds.iter().zip(&floor.kinds));
        let weak = kinds.filter(|(_, (own, floor))| floor.mask.is_some() && own.mask.is_none_or(|mask| !floor.allows(mask)));
        let weak: Vec<&str> = weak.map(|(kind, _)| kind.id).collect();
        if !weak.is_empty() {
            let some = weak.iter().take(3).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
            let more = if weak.len() > 3 { format!(" and {} more kinds", weak.len() - 3) } else { String::new() };
            below.push(format!("{some}{more} are off or under a looser mask"));
        }
        below
    }

    /// Takes over what `floor` forbids, without what it has on.
    #[must_use]
    pub(crate) fn above(mut self, floor: &Self) -> Self {
        self.compliance |= floor.compliance;
        self.one_pan_mask |= floor.one_pan_mask;
        self.leave_declared_networks &= floor.leave_declared_networks;
        for (own, floor) in self.kinds.iter_mut().zip(&floor.kinds).filter(|(_, floor)| floor.mask.is_some()) {
            own.allow &= floor.allow;
            own.why.extend_from_slice(&floor.why);
        }
        self.rules.allow &= floor.rules.allow;
        self.rules.why.extend_from_slice(&floor.rules.why);
        self
    }

    /// The masks of the built-in kinds.
    pub(crate) fn masks(&self) -> Vec<Option<Mask>> {
        self.kinds.iter().map(|rule| rule.mask).collect()
    }

    /// Refuses networks that the presets do not let a site call its own.
    pub(crate) fn check_networks(&self, networks: &[Network]) -> Result<(), String> {
        let under = self.names.join(", ");
        if !networks.is_empty() && !self.leave_declared_networks {
            return Err(format!(
                "`internal_networks` cannot be used under the preset `{under}`: the address of a machine can be the address of who sits at it (GDPR, Recital 30)"
            ));
        }
        if self.compliance && !networks.iter().all(Network::is_private) {
            return Err(format!(
                "`internal_networks` may only name private ranges, such as 10.20.0.0/16 or fd00::/8, under the preset `{under}`; for addresses of the internet write an `allow` with `cidr`"
            ));
        }
        Ok(())
    }

    /// Refuses a least confidence that drops what the presets find.
    pub(crate) fn check_confidence(&self, of: &str, percent: u8) -> Result<(), String> {
        if !self.compliance || percent <= self.min_confidence {
            return Ok(());
        }
        let shown = |percent: u8| format!("{:.2}", f32::from(percent) / 100.0);
        Err(format!(
            "`min_confidence` of `{of}` is {}; under the preset `{}` it can only be lowered from {}, because a higher one drops findings that the preset masks",
            shown(percent),
            self.names.join(", "),
            shown(self.min_confidence),
        ))
    }

    /// Refuses a mask that the kind at this place of the catalogue, or a user rule behind it, may not have.
    pub(crate) fn check(&self, kind: usize, id: &str, mask: Mask) -> Result<(), String> {
        let rule = self.kinds.get(kind).unwrap_or(&self.rules);
        if rule.allows(mask) {
            return Ok(());
        }
        let why = rule.why.iter().filter(|(_, why)| !why.is_empty()).map(|(name, why)| format!("`{name}`: {why}")).collect::<Vec<_>>();
        let allowed = Mask::ALL.into_iter().filter(|mask| rule.allows(*mask)).map(Mask::name).collect::<Vec<_>>();
        Err(format!("mask `{mask}` is not allowed for `{id}` under the preset {}; use {}", why.join("; "), allowed.join(", ")))
    }
}

/// Names of the presets.
pub(crate) fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = POLICIES.iter().map(|policy| policy.name).collect();
    names.dedup();
    names
}

impl From<&Policy> for Limits {
    fn from(policy: &Policy) -> Self {
        let name = if policy.mode.is_empty() { policy.name.to_owned() } else { format!("{} {}", policy.name, policy.mode) };
        let rule = |limit: &Limit| Rule { mask: limit.mask, allow: limit.allow, why: vec![(name.clone(), limit.why)] };
        Self {
            compliance: policy.compliance,
            one_pan_mask: policy.one_pan_mask,
            min_confidence: policy.min_confidence,
            leave_internal_networks: policy.leave_internal_networks,
            leave_declared_networks: policy.leave_declared_networks,
            leave_system_users: policy.leave_system_users,
            name_dictionary: policy.name_dictionary,
            kinds: policy.kinds.iter().map(rule).collect(),
            rules: rule(&policy.rules),
            names: vec![name],
        }
    }
}

impl Rule {
    fn allows(&self, mask: Mask) -> bool {
        self.allow >> (mask as u8) & 1 == 1
    }

    /// A preset that has a kind off says nothing about it.
    fn and(self, other: Self) -> Self {
        let (one, two) = match (self.mask, other.mask) {
            (Some(_), None) => return self,
            (None, Some(_)) => return other,
            (None, None) => (None, None),
            (Some(one), Some(two)) => (Some(one), Some(two)),
        };
        let mut both = Self { mask: None, allow: self.allow & other.allow, why: self.why };
        both.why.extend(other.why);
        if let (Some(one), Some(two)) = (one, two) {
            let mask = one.strictest(two);
            // A mask that the other one forbids gives way to the next stricter one.
            both.mask = Mask::ALL.into_iter().find(|known| known.is_as_strict_as(mask) && both.allows(*known)).or(Some(Mask::DropRecord));
        }
        both
    }
}
