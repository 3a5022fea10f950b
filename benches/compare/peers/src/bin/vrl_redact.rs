//! VRL's `redact` with the eleven patterns, one event a line. VRL has no validators.

use hushlog_peers::RULES;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use vrl::compiler::runtime::Runtime;
use vrl::compiler::{TargetValue, TimeZone, compile};
use vrl::value::{Secrets, Value};

fn main() -> io::Result<()> {
    let filters: Vec<String> = RULES.iter().map(|(_, pattern)| format!("r'{pattern}'")).collect();
    let source = format!(".message = redact(string!(.message), filters: [{}])", filters.join(", "));
    let program = compile(&source, &vrl::stdlib::all()).unwrap_or_else(|problems| panic!("the program compiles: {problems:?}")).program;
    let (mut runtime, zone) = (Runtime::default(), TimeZone::default());
    let mut input = BufReader::with_capacity(64 * 1024, io::stdin().lock());
    let mut output = BufWriter::with_capacity(256 * 1024, io::stdout().lock());
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let event = Value::Object(BTreeMap::from([("message".into(), Value::Bytes(text.to_vec().into()))]));
        let mut target = TargetValue { value: event, metadata: Value::Object(BTreeMap::new()), secrets: Secrets::default() };
        runtime.resolve(&mut target, &program, &zone).expect("every line is a string");
        let Value::Object(event) = &target.value else { continue };
        let text = event.get("message").and_then(Value::to_str_lossy).expect("redact gives text");
        output.write_all(text.as_bytes())?;
        output.write_all(b"\n")?;
        line.clear();
    }
    output.flush()
}
