//! Standard input: read to its end, and the program ends with it.

use super::*;

#[test]
fn the_program_ends_with_its_input() {
    let home = Home::with("type: stdin");
    let mut child = home.command().stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(records(0..5).as_bytes()).unwrap();
    home.until_records(5);
    input.write_all(records(5..20_000).as_bytes()).unwrap();
    input.write_all(b"{\"n\":20000,\"mail\":\"jane@example.com\"}").unwrap();
    drop(input);
    assert!(child.wait().unwrap().success());
    assert_eq!(home.complete(20_001), 0);
    assert!(home.out().contains("\"mail\":\"[EMAIL]\""));
}

#[test]
fn the_program_stops_while_its_input_waits() {
    let home = Home::with("type: stdin");
    let mut child = home.command().stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(records(0..5).as_bytes()).unwrap();
    home.until_records(5);
    Proxy(child).stop();
    drop(input);
}
