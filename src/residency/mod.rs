//! Where data may be: regions of providers and the legal zones they lie in.
//!
//! A zone is a territory whose law on personal data counts as one: `eu` are the member states,
//! `eea` those of the European Economic Area outside the Union (Regulation (EU) 2016/679 applies
//! in both). The United Kingdom and Switzerland have laws of their own: London and Zurich are
//! not in `eu`, Oslo is in `eea`. Other zones are countries (ISO 3166-1 alpha-2, lower case).

mod table;

use table::REGIONS;

/// One region of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// As the provider writes it, such as `eu-west-1`.
    pub name: &'static str,
    /// `aws`, `azure` or `gcp`.
    pub provider: &'static str,
    /// See the module's page.
    pub zone: &'static str,
    /// City, state or country.
    pub place: &'static str,
}

impl Region {
    /// The region of that name; case counts.
    ///
    /// ```
    /// use hushlog::residency::Region;
    ///
    /// assert_eq!(Region::find("eu-west-1").map(|region| region.zone), Some("eu"));
    /// assert_eq!(Region::find("eu-west-2").map(|region| region.zone), Some("uk"));
    /// assert_eq!(Region::find("eu-west-9"), None);
    /// ```
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        REGIONS.iter().find(|region| region.name == name)
    }

    /// Every region known, by provider and name.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        REGIONS.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Region;

    #[test]
    fn names_are_told_apart_and_zones_are_short() {
        let mut names: Vec<&str> = Region::all().map(|region| region.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        for region in Region::all() {
            let lower = region.zone.bytes().all(|byte| byte.is_ascii_lowercase());
            assert!(lower && matches!(region.zone.len(), 2 | 3), "{}", region.name);
        }
    }

    #[test]
    fn what_is_not_in_the_union_is_not_in_its_zone() {
        for (name, zone) in [
            ("eu-west-2", "uk"),
            ("eu-central-2", "ch"),
            ("uksouth", "uk"),
            ("switzerlandnorth", "ch"),
            ("norwayeast", "eea"),
            ("europe-west2", "uk"),
            ("europe-west6", "ch"),
            ("eu-north-1", "eu"),
            ("us-gov-west-1", "us"),
        ] {
            assert_eq!(Region::find(name).map(|region| region.zone), Some(zone), "{name}");
        }
    }
}
