//! CloudWatch Logs and S3 against a server that fails in every way a store can. Nothing acknowledged is
//! missing, nothing goes over the limits, and no redirect is followed.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use super::{DEADLINE, Proxy};

/// What the server does with a call.
#[derive(Clone)]
enum Act {
    Answer(u16, &'static str, String),
    /// Never answers.
    Hang,
    /// Closes the connection.
    Cut,
}

/// A call as the server saw it: the operation (or method and path), and the body.
#[derive(Clone)]
struct Call {
    name: String,
    body: Vec<u8>,
}

/// A server of its own threads. What is not scripted is answered by `{}`.
struct Server {
    port: u16,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Server {
    /// `script` is for the calls of this name, in their order.
    fn start(name: &'static str, script: Vec<Act>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (seen, script) = (Arc::clone(&calls), Arc::new(Mutex::new(VecDeque::from(script))));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, script) = (Arc::clone(&seen), Arc::clone(&script));
                thread::spawn(move || serve(stream.unwrap(), name, &seen, &script));
            }
        });
        Self { port, calls }
    }

    fn place(&self) -> String {
        format!("region: eu-west-1, endpoint: 'http://127.0.0.1:{}', endpoint_region: eu-west-1, timeout: 1s", self.port)
    }

    fn calls(&self, name: &str) -> Vec<Call> {
        self.calls.lock().unwrap().iter().filter(|call| call.name.starts_with(name)).cloned().collect()
    }

    /// Messages of each call of PutLogEvents.
    fn put(&self) -> Vec<Vec<String>> {
        let messages = |call: &Call| {
            let body: Value = serde_json::from_slice(&call.body).unwrap();
            let events = body["logEvents"].as_array().unwrap();
            events.iter().map(|event| event["message"].as_str().unwrap().to_owned()).collect()
        };
        self.calls("PutLogEvents").iter().map(messages).collect()
    }
}

fn serve(stream: TcpStream, scripted: &str, seen: &Mutex<Vec<Call>>, script: &Mutex<VecDeque<Act>>) {
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    loop {
        let (mut head, mut length, mut name) = (String::new(), 0, String::new());
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let (key, value) = line.trim_end().split_once(": ").unwrap_or((line.trim_end(), ""));
            match key.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap(),
                "x-amz-target" => name = value.rsplit('.').next().unwrap().to_owned(),
                "" => break,
                _ if head.is_empty() => head = line.trim_end().to_owned(),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        if name.is_empty() {
            name = head.rsplit_once(' ').unwrap().0.to_owned();
        }
        let act = if name.starts_with(scripted) { script.lock().unwrap().pop_front() } else { None };
        let is_head = name.starts_with("HEAD");
        seen.lock().unwrap().push(Call { name, body });
        match act.unwrap_or(Act::Answer(200, "", "{}".to_owned())) {
            Act::Answer(status, headers, body) => {
                let length = if is_head { 0 } else { body.len() };
                let body = if is_head { "" } else { body.as_str() };
                write!(writer, "HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\n\r\n{body}").unwrap();
            }
            Act::Hang => {
                thread::sleep(DEADLINE);
                return;
            }
            Act::Cut => return,
        }
    }
}

fn error(status: u16, code: &str) -> Act {
    Act::Answer(
        status,
        "Content-Type: application/x-amz-json-1.1\r\n",
        format!("{{\"__type\":\"{code}\",\"message\":\"text of the server\"}}"),
    )
}

fn cloudwatch(server: &Server) -> Proxy {
    Proxy::start(&format!("  cw: {{ type: cloudwatch_logs, {}, group: /a }}", server.place()))
}

/// One record through these failures, each of which is met once. Returns what the program said.
fn waited_out(script: Vec<Act>) -> String {
    let failures = script.len();
    let server = Server::start("PutLogEvents", script);
    let proxy = cloudwatch(&server);
    assert_eq!(proxy.post("{\"n\":1,\"mail\":\"jane@example.com\"}\n"), 200);
    let put = server.put();
    assert_eq!(put.len(), failures + 1);
    assert!(put.iter().all(|call| call == &["{\"n\":1,\"mail\":\"[EMAIL]\",\"residency.region\":\"eu-west-1\"}"]));
    proxy.messages()
}

#[test]
fn answers_that_may_change_are_waited_out() {
    let messages = waited_out(vec![
        error(400, "ThrottlingException"),
        Act::Answer(429, "Retry-After: 1\r\n", String::new()),
        error(500, "InternalFailure"),
        error(503, "ServiceUnavailableException"),
        error(400, "UnrecognizedClientException"),
        error(403, "AccessDeniedException"),
    ]);
    assert!(messages.contains("throttled") && !messages.contains("text of the server") && !messages.contains("example"), "{messages}");
}

#[test]
fn redirects_cuts_and_silence_are_waited_out() {
    let elsewhere = Server::start("", Vec::new());
    let redirect: &str = Box::leak(format!("Location: http://127.0.0.1:{}/\r\n", elsewhere.port).into_boxed_str());
    waited_out(vec![
        Act::Answer(307, redirect, String::new()),
        Act::Answer(301, redirect, String::new()),
        Act::Cut,
        Act::Hang,
        Act::Answer(200, "", "no JSON".to_owned()),
    ]);
    assert!(elsewhere.calls("").is_empty(), "a redirect was followed");
}

#[test]
fn what_is_refused_for_good_holds_up_nobody() {
    let rejected = "{\"rejectedLogEventsInfo\":{\"tooOldLogEventEndIndex\":1}}".to_owned();
    let script = vec![error(400, "InvalidParameterException"), error(400, "DataAlreadyAcceptedException"), Act::Answer(200, "", rejected)];
    let server = Server::start("PutLogEvents", script);
    let proxy = cloudwatch(&server);
    // Without a folder for dead letters the sender is told.
    for (n, status) in [422, 200, 422, 200].into_iter().enumerate() {
        assert_eq!(proxy.post(&format!("{{\"n\":{n}}}\n{{\"m\":{n}}}\n")), status);
    }
    assert_eq!(server.put().len(), 4, "each is sent once");
    let messages = proxy.messages();
    assert!(messages.contains("the request is refused\" records=2"), "{messages}");
    assert!(messages.contains("older than 14 days or the retention\" records=1"), "{messages}");
}

#[test]
fn missing_groups_and_streams_are_made_once() {
    let missing = || error(400, "ResourceNotFoundException");
    let server = Server::start("PutLogEvents", vec![missing(), missing()]);
    let options = "retention: 7d, kms_key: 'arn:aws:kms:eu-west-1:111122223333:key/1'";
    let proxy = Proxy::start(&format!("  cw: {{ type: cloudwatch_logs, {}, group: /a, {options} }}", server.place()));
    assert_eq!((proxy.post("a\n"), proxy.post("b\n")), (200, 200));
    let names: Vec<String> = server.calls("").into_iter().map(|call| call.name).collect();
    assert_eq!(
        names,
        ["AssociateKmsKey", "PutRetentionPolicy", "PutLogEvents", "CreateLogStream", "PutLogEvents", "PutLogEvents", "PutLogEvents"]
    );
}

#[test]
fn no_call_is_over_the_limits() {
    let server = Server::start("", Vec::new());
    let proxy = cloudwatch(&server);
    let short: String = (0..25_000).map(|n| format!("{n} é\n")).collect();
    let long: String = (25_000..28_000).map(|n| format!("{n} {}\n", "words and more ".repeat(60))).collect();
    assert_eq!((proxy.post(&short), proxy.post(&long)), (200, 200));
    let mut numbers = Vec::new();
    let put = server.put();
    for call in &put {
        let bytes: usize = call.iter().map(|message| message.len() + 26).sum();
        assert!(call.len() <= 10_000 && bytes <= 1_048_576, "{} events, {bytes} bytes", call.len());
        for message in call {
            let record: Value = serde_json::from_str(message).unwrap();
            numbers.push(record["message"].as_str().unwrap().split(' ').next().unwrap().parse::<u32>().unwrap());
        }
    }
    assert!(put.iter().any(|call| call.len() == 10_000), "calls are as full as they may be");
    assert_eq!(numbers, (0..28_000).collect::<Vec<_>>());
}

#[test]
fn an_object_that_is_sent_again_is_the_same_object() {
    let script = vec![
        Act::Answer(503, "", "<Error><Code>SlowDown</Code></Error>".to_owned()),
        Act::Answer(403, "", "<Error><Code>AccessDenied</Code></Error>".to_owned()),
        Act::Answer(400, "", "<Error><Code>KMS.DisabledException</Code></Error>".to_owned()),
        Act::Cut,
        Act::Hang,
    ];
    let server = Server::start("PUT", script);
    let proxy = Proxy::start(&format!("  s3: {{ type: s3, {}, bucket: logs-eu, linger: 10ms }}", server.place()));
    assert_eq!(proxy.post("{\"n\":1}\n"), 200);
    let calls = server.calls("PUT");
    assert_eq!(calls.len(), 6);
    assert!(calls.iter().all(|call| call.name == calls[0].name && call.body == calls[0].body));
    assert_eq!(proxy.post("{\"n\":1}\n"), 200);
    assert_ne!(server.calls("PUT")[6].name, calls[0].name);
}

#[test]
fn a_store_that_is_away_at_the_start_is_asked_before_the_first_object() {
    let away = vec![Act::Cut, Act::Answer(500, "", String::new()), Act::Answer(200, "x-amz-bucket-region: us-east-1\r\n", String::new())];
    let server = Server::start("HEAD", away);
    let proxy = Proxy::start(&format!("  s3: {{ type: s3, {}, bucket: logs-eu, linger: 10ms }}", server.place()));
    assert_eq!(proxy.post("{\"n\":1}\n"), 200);
    assert_eq!((server.calls("HEAD").len(), server.calls("PUT").len()), (4, 1), "an object went into a bucket of another region");
}
