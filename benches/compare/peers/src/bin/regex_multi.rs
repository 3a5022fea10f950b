//! regex-automata's meta engine: one search for all rules over each block.

use hushlog_peers::{RULES, accept, drive};
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

fn main() -> std::io::Result<()> {
    let patterns: Vec<&str> = RULES.iter().map(|(_, pattern)| *pattern).collect();
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    let regex = Regex::builder().syntax(syntax).build_many(&patterns).expect("the rules compile");
    drive(|block, found| {
        let mut at = 0;
        while let Some(hit) = regex.search(&Input::new(block).range(at..)) {
            // Another rule may match at the same place: a refused one must not hide it.
            let rest = || hit.pattern().as_usize() + 1..RULES.len();
            let others = rest().filter_map(|rule| {
                let anchored =
                    Input::new(block).range(hit.start()..).anchored(Anchored::Pattern(regex_automata::PatternID::new(rule).ok()?));
                let other = regex.search(&anchored)?;
                accept(rule, block, other.start(), other.end())
            });
            let first = accept(hit.pattern().as_usize(), block, hit.start(), hit.end());
            match first.or_else(|| { others }.next()) {
                Some(finding) => {
                    found.push(finding);
                    at = finding.2;
                }
                None => at = hit.start() + 1,
            }
        }
    })
}
