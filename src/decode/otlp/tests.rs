//! Requests of both forms, written by hand after the specification.

use super::wire::{put_bytes, put_number, put_varint};
use super::*;

fn read(body: &[u8], form: Form) -> Result<(Vec<String>, Vec<i64>, usize), OtlpError> {
    let raw = Raw::new(body.to_vec());
    let mut logs = Logs::read(&raw, form)?;
    let (mut lines, mut times) = (Vec::new(), Vec::new());
    while let Some(events) = logs.chunk(7) {
        lines.extend(String::from_utf8_lossy(events.text().expose()).lines().map(str::to_owned));
        times.extend(events.times());
    }
    Ok((lines, times, logs.refused()))
}

fn message(fields: &[(u64, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    fields.iter().for_each(|(number, bytes)| put_bytes(*number, bytes, &mut out));
    out
}

fn string(text: &str) -> Vec<u8> {
    message(&[(1, text.into())])
}

fn pair(name: &str, value: Vec<u8>) -> Vec<u8> {
    message(&[(1, name.into()), (2, value)])
}

fn fixed64(field: u64, value: u64, out: &mut Vec<u8>) {
    put_varint(field << 3 | 1, out);
    out.extend_from_slice(&value.to_le_bytes());
}

fn request(records: &[Vec<u8>]) -> Vec<u8> {
    let scope = message(&[(1, "lib".into()), (2, "1.2".into()), (3, pair("s", string("t")))]);
    let mut logs = vec![(1, scope)];
    logs.extend(records.iter().map(|record| (2, record.clone())));
    logs.push((3, "https://schema/2".into()));
    let resource = message(&[(1, pair("service.name", string("web")))]);
    message(&[(1, message(&[(2, message(&logs)), (1, resource), (3, "https://schema/1".into())]))])
}

fn nested(depth: usize) -> Vec<u8> {
    (0..depth).fold(string("end"), |inner, _| message(&[(5, message(&[(1, inner)]))]))
}

#[test]
fn a_log_in_protocol_buffers_is_an_object() {
    let mut record = Vec::new();
    fixed64(1, 1_700_000_000_123_000_000, &mut record);
    fixed64(11, 1_700_000_001_000_000_000, &mut record);
    put_number(2, 9, &mut record);
    let (mut int, mut double, mut truth) = (Vec::new(), Vec::new(), Vec::new());
    put_number(3, (-5_i64).cast_unsigned(), &mut int);
    fixed64(4, 2.5_f64.to_bits(), &mut double);
    put_number(2, 1, &mut truth);
    let list = message(&[(
        6,
        message(&[(1, pair("k", int)), (1, pair("l", message(&[(5, message(&[(1, double), (1, truth), (1, Vec::new())]))])))]),
    )]);
    record.extend(message(&[
        (3, "INFO".into()),
        (5, string("say \"x\"\n")),
        (6, pair("deep", list)),
        (6, pair("bytes", message(&[(7, b"\xff\x00".to_vec())]))),
        (9, (0..16).collect()),
        (10, vec![0xab; 8]),
        (12, "login".into()),
    ]));
    let wanted = r#"{"timestamp":"2023-11-14T22:13:20.123Z","observed_timestamp":"2023-11-14T22:13:21Z","severity_number":9,"severity_text":"INFO","event_name":"login","body":"say \"x\"\n","attributes":{"deep":{"k":-5,"l":[2.5,true,null]},"bytes":"/wA="},"trace_id":"000102030405060708090a0b0c0d0e0f","span_id":"abababababababab","resource":{"service.name":"web"},"resource_schema_url":"https://schema/1","scope":{"name":"lib","version":"1.2","attributes":{"s":"t"},"schema_url":"https://schema/2"}}"#;
    let (lines, times, refused) = read(&request(&[record, Vec::new()]), Form::Protobuf).unwrap();
    assert_eq!(lines[0], wanted);
    assert!(lines[1].starts_with("{\"resource\":{"), "{}", lines[1]);
    assert_eq!((lines.len(), times, refused), (2, vec![1_700_000_000_123, 7], 0));
}

#[test]
fn a_log_in_json_is_the_same_object() {
    let body = br#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{
        "timeUnixNano":"1700000000123000000","observedTimeUnixNano":1700000001000000000,"severityNumber":9,"severityText":"INFO",
        "eventName":"login","body":{"stringValue":"say \"x\"\n"},"traceId":"000102030405060708090A0B0C0D0E0F","spanId":"0000000000000000",
        "attributes":[{"key":"deep","value":{"kvlistValue":{"values":[{"value":{"intValue":"-5"},"key":"k"},
          {"key":"l","value":{"arrayValue":{"values":[{"doubleValue":2.5},{"boolValue":true},{}, {"bytesValue":"/wA"}]}}}]}}}],"unknown":1},
        7],"scope":{"name":"lib"},"schemaUrl":""}],"resource":{"attributes":[{"key":"a","value":{"doubleValue":"NaN"}}]}}]}"#;
    let wanted = r#"{"timestamp":"2023-11-14T22:13:20.123Z","observed_timestamp":"2023-11-14T22:13:21Z","severity_number":9,"severity_text":"INFO","event_name":"login","body":"say \"x\"\n","attributes":{"deep":{"k":-5,"l":[2.5,true,null,"/wA="]}},"trace_id":"000102030405060708090A0B0C0D0E0F","resource":{"a":"NaN"},"scope":{"name":"lib"}}"#;
    assert_eq!(read(body, Form::Json).unwrap(), (vec![wanted.to_owned()], vec![1_700_000_000_123], 1));
    assert_eq!(read(b" {} ", Form::Json).unwrap().0.len(), 0);
    for wrong in [&b""[..], b"[]", b"{\"resourceLogs\":{}}", b"{\"resourceLogs\":[1]}", b"{\"resourceLogs\":[{}]", b"\xff"] {
        assert_eq!(read(wrong, Form::Json).unwrap_err(), OtlpError::Format, "{wrong:?}");
    }
}

#[test]
fn json_is_read_in_all_that_its_mapping_allows() {
    let body = br#"{"resource_logs":[null,{"scope_logs":[null,{"log_records":[null,{
        "time_unix_nano":"1.7000000001e18","observed_time_unix_nano":1.700000001E18,"severity_number":"SEVERITY_NUMBER_WARN3",
        "severity_text":null,"event_name":"login","body":{"string_value":null,"int_value":1e3},"trace_id":"000102030405060708090A0B0C0D0E0F",
        "dropped_attributes_count":"2.0","flags":1.0,"span_id":null,
        "attributes":[null,{"key":"i","value":{"int_value":"-1.50e1"}},{"key":"d","value":{"double_value":"2.5"}},{"key":"n","value":null},
          {"key":"b","value":{"bool_value":true}},{"key":"e","value":{"intValue":"\u0031"}},
          {"key":"l","value":{"array_value":{"values":[null,{"bytes_value":"_-8"},{"bytes_value":"/-8="},{"bytesValue":"__8A/w"}]}}},
          {"key":"m","value":{"kvlist_value":{"values":[null,{"key":"k","value":{"arrayValue":{"values":null}}}]}}}]}],
        "scope":null,"schema_url":"u"},{"scope":{"name":null,"version":"1"},"logRecords":null}],"resource":{"attributes":null},"schemaUrl":null}],
        "unknown":null}"#;
    let wanted = r#"{"timestamp":"2023-11-14T22:13:20.100Z","observed_timestamp":"2023-11-14T22:13:21Z","severity_number":15,"event_name":"login","body":1000,"attributes":{"i":-15,"d":2.5,"n":null,"b":true,"e":1,"l":[null,"/+8=","/+8=","//8A/w=="],"m":{"k":[]}},"dropped_attributes_count":2,"flags":1,"trace_id":"000102030405060708090A0B0C0D0E0F","scope":{"schema_url":"u"}}"#;
    assert_eq!(read(body, Form::Json).unwrap(), (vec![wanted.to_owned()], vec![1_700_000_000_100], 0));
    let severity = |text: &str| {
        let body = format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"severityNumber":{text}}}]}}]}}]}}"#);
        read(body.as_bytes(), Form::Json).unwrap().0.remove(0)
    };
    for (text, wanted) in [
        ("\"SEVERITY_NUMBER_TRACE\"", "{\"severity_number\":1}"),
        ("\"SEVERITY_NUMBER_INFO\"", "{\"severity_number\":9}"),
        ("\"SEVERITY_NUMBER_FATAL4\"", "{\"severity_number\":24}"),
        ("\"SEVERITY_NUMBER_UNSPECIFIED\"", "{}"),
        ("\"SEVERITY_NUMBER_INFO5\"", "{}"),
        ("\"INFO\"", "{}"),
        ("9.0", "{\"severity_number\":9}"),
        ("\"13\"", "{\"severity_number\":13}"),
        ("null", "{}"),
    ] {
        assert_eq!(severity(text), wanted, "{text}");
    }
    for refused in [r#"{"timeUnixNano":"1.5"}"#, r#"{"body":{"intValue":"1e99"}}"#, r#"{"body":{"bytesValue":"*"}}"#, "7"] {
        let body = format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{refused}]}}]}}]}}"#);
        assert_eq!(read(body.as_bytes(), Form::Json).unwrap().2, 1, "{refused}");
    }
    assert_eq!(read(b"null", Form::Json).unwrap_err(), OtlpError::Format);
}

#[test]
fn what_is_too_deep_or_broken_is_refused_alone() {
    let good = message(&[(5, nested(values::MAX_DEPTH - 1))]);
    let deep = message(&[(5, nested(values::MAX_DEPTH))]);
    let (lines, _, refused) = read(&request(&[good.clone(), deep, b"\x0a\x05".to_vec(), good]), Form::Protobuf).unwrap();
    assert_eq!((lines.len(), refused), (2, 2));
    assert_eq!(read(b"\x0a\x05abc", Form::Protobuf).unwrap_err(), OtlpError::Format);
    let json = |depth: usize| {
        let body = (0..depth).fold("{}".to_owned(), |inner, _| format!("{{\"arrayValue\":{{\"values\":[{inner}]}}}}"));
        read(format!("{{\"resourceLogs\":[{{\"scopeLogs\":[{{\"logRecords\":[{{\"body\":{body}}}]}}]}}]}}").as_bytes(), Form::Json)
    };
    assert_eq!(json(20).unwrap().2, 0);
    assert_eq!(json(values::MAX_DEPTH).map_or(1, |read| read.2), 1);
    assert!(json(20_000).is_err() || json(20_000).unwrap().2 == 1);
}

#[test]
fn a_request_does_not_grow_beyond_measure() {
    let resource = |length: usize| message(&[(1, pair("a", string(&"x".repeat(length))))]);
    let logs = |length, count| {
        let records: Vec<_> = (0..count).map(|_| (2, Vec::new())).collect();
        message(&[(1, message(&[(1, resource(length)), (2, message(&records))]))])
    };
    assert_eq!(read(&logs(MAX_HEADS, 3), Form::Protobuf).unwrap().2, 3);
    let raw = Raw::new(logs(MAX_HEADS / 2, 60));
    let mut all = Logs::read(&raw, Form::Protobuf).unwrap();
    let mut count = 0;
    while let Some(events) = all.chunk(0) {
        assert!(events.bytes() < CHUNK + MAX_HEADS);
        count += events.len();
    }
    assert_eq!(count, 60);
    assert_eq!(read(&logs(1, MAX_LOGS + 1), Form::Protobuf).unwrap_err(), OtlpError::TooMany);
    for count in [300, 1000, 90_000] {
        assert_eq!(read(&logs(MAX_HEADS / 2, count), Form::Protobuf).unwrap_err(), OtlpError::TooLarge, "{count}");
    }
    let scopes = vec![(2, message(&vec![(2, Vec::new()); 10])); 100];
    let scopes = message(&[(1, message(&[vec![(1, resource(MAX_HEADS / 2))], scopes].concat()))]);
    assert_eq!(read(&scopes, Form::Protobuf).unwrap_err(), OtlpError::TooLarge);
    let records = vec!["{}"; 1000].join(",");
    let json = format!(
        "{{\"resourceLogs\":[{{\"scopeLogs\":[{{\"logRecords\":[{records}]}}],\"resource\":{{\"attributes\":\
         [{{\"key\":\"a\",\"value\":{{\"stringValue\":\"{}\"}}}}]}}}}]}}",
        "x".repeat(MAX_HEADS / 2)
    );
    assert_eq!(read(json.as_bytes(), Form::Json).unwrap_err(), OtlpError::TooLarge);
}

#[test]
fn short_lines_of_a_machine_that_says_much_of_itself_are_taken() {
    let resource = message(&[(1, pair("a", string(&"x".repeat(6 << 10))))]);
    for count in [440, 2_000] {
        let records: Vec<_> = (0..count).map(|_| (2, message(&[(5, string(&"y".repeat(74)))]))).collect();
        let raw = Raw::new(message(&[(1, message(&[(1, resource.clone()), (2, message(&records))]))]));
        let mut logs = Logs::read(&raw, Form::Protobuf).unwrap();
        // However many there are, they take the memory of a piece.
        assert!(logs.cost(&raw) < 4 * CHUNK + 100 * count + (7 << 10));
        let mut taken = 0;
        while let Some(events) = logs.chunk(0) {
            assert!(events.bytes() < CHUNK + MAX_HEADS);
            taken += events.len();
        }
        assert_eq!(taken, count);
    }
}

#[test]
fn lists_without_logs_take_no_memory() {
    let empty = vec![(1, message(&[(1, message(&[(1, pair("a", string("b")))]))])); 10_000];
    let raw = Raw::new(message(&empty));
    let logs = Logs::read(&raw, Form::Protobuf).unwrap();
    assert_eq!((logs.index.resources.len(), logs.index.scopes.len()), (0, 0));
}

#[test]
fn calls_have_one_message_in_a_frame() {
    let mut raw = Raw::new(frame(b"text"));
    assert_eq!((unframe(&mut raw), raw.expose()), (Ok(false), &b"text"[..]));
    for wrong in [&b""[..], b"\0\0\0\0", b"\0\0\0\0\x02a", b"\0\0\0\0\x01ab", b"\x02\0\0\0\0"] {
        assert_eq!(unframe(&mut Raw::new(wrong.to_vec())), Err(OtlpError::Format));
    }
    assert_eq!(answer(Form::Protobuf, 3)[..4], [0x0a, answer(Form::Protobuf, 3).len() as u8 - 2, 8, 3]);
}
