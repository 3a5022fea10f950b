//! Argentine uniform bank key (CBU): 22 digits, two blocks (bank and branch 7 + 1, account
//! 13 + 1), each with its own check digit.
//!
//! Source: BCRA communication A 2622: weights 7 1 3 9 from the left, check = 10 - sum mod 10.

use super::digits::{Run, Sep, digit, weighted};

pub(crate) fn valid(value: &[u8]) -> bool {
    let Some(run) = Run::digits(value, &[Sep::Space, Sep::Dash]) else {
        return false;
    };
    let digits = run.chars();
    digits.len() == 22
        && run.contiguous_or(&[8, 14])
        && digits.split_at_checked(8).is_some_and(|(bank, account)| {
            block_ok(bank, &[7, 1, 3, 9]) && block_ok(account, &[3, 9, 7, 1])
        })
}

fn block_ok(block: &[u8], weights: &[u32]) -> bool {
    block
        .split_last()
        .is_some_and(|(&check, body)| (10 - weighted(body, weights) % 10) % 10 == digit(check))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "2850590940090418135201",
            "0000000000000000000000",
            "0110599500000000000017",
            "28505909 40090418135201",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "2850590940090418135202",
            "285059094009041813520",
            "2850590840090418135201",
            "2850590940 090418135201",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
