//! Business identifier code (SWIFT BIC): four letters, country, two location characters, optional
//! three branch characters. Keyed only: half of the eight-letter English words would pass.
//!
//! Source: ISO 9362; country codes of ISO 3166-1 plus XK (Kosovo, user-assigned by SWIFT).

const COUNTRIES: &[u8] = b"ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBV\
    BWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGF\
    GGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLA\
    LBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOM\
    PAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTH\
    TJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";

pub(crate) fn valid(value: &[u8]) -> bool {
    let upper = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let Some((bank, rest)) = value.split_at_checked(4) else {
        return false;
    };
    let Some((country, place)) = rest.split_at_checked(2) else {
        return false;
    };
    matches!(place.len(), 2 | 5)
        && bank.iter().all(u8::is_ascii_uppercase)
        && place.iter().all(upper)
        && COUNTRIES.chunks_exact(2).any(|code| code == country)
}

#[cfg(test)]
mod tests {
    use super::{COUNTRIES, valid};

    #[test]
    fn vectors() {
        for good in ["DEUTDEFF", "BOFAUS3N", "AGRIFRPP882"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "DEUTZZFF",
            "DEUTDEF",
            "DEUTDEFF50",
            "DEU1DEFF",
            "deutdeff",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn table_is_sorted_and_complete() {
        let codes: Vec<&[u8]> = COUNTRIES.chunks(2).collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(codes.len(), 250);
    }
}
