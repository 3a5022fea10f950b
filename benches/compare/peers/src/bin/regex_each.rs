//! The crate `regex`, one rule after the other over each block.

use hushlog_peers::{RULES, accept, drive};
use regex::bytes::Regex;

fn main() -> std::io::Result<()> {
    let rules: Vec<Regex> = RULES.iter().map(|(_, pattern)| Regex::new(&format!("(?-u){pattern}")).expect("the rules compile")).collect();
    drive(|block, found| {
        for (rule, regex) in rules.iter().enumerate() {
            let mut at = 0;
            while let Some(hit) = regex.find_at(block, at) {
                match accept(rule, block, hit.start(), hit.end()) {
                    Some(finding) => {
                        found.push(finding);
                        at = hit.end();
                    }
                    None => at = hit.start() + 1,
                }
            }
        }
    })
}
