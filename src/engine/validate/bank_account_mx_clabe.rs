//! Mexican standardised bank account (CLABE): bank 3, branch 3, account 11, check digit. One
//! 18-digit id in ten passes, so a bare run needs a key.
//!
//! Source: Banco de Mexico / ABM CLABE rules: weights 3 7 1, each product taken mod 10.

use super::digits::{Run, Sep, digit};

pub(crate) fn valid(value: &[u8]) -> bool {
    let Some(run) = Run::digits(value, &[Sep::Space, Sep::Dash]) else {
        return false;
    };
    let digits = run.chars();
    digits.len() == 18
        && run.contiguous_or(&[3, 3, 11, 1])
        && digits.split_last().is_some_and(|(&check, body)| {
            let products = body.iter().zip([3, 7, 1].iter().cycle());
            let total: u32 = products
                .map(|(&byte, weight)| digit(byte) * weight % 10)
                .sum();
            (10 - total % 10) % 10 == digit(check)
        })
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "032180000118359719",
            "002010077777777771",
            "012180000000000002",
            "032 180 00011835971 9",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "032180000118359718",
            "03218000011835971",
            "0321800001183597199",
            "0321 80000118359719",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
