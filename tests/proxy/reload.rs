//! SIGHUP: another configuration is in force as a whole, or not at all.

use crate::support::proxy::{Answer, Proxy, Sender, Store, until};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Reloads in a run of the tests; `HUSHLOG_RELOADS` asks for as many as it says.
fn reloads() -> usize {
    std::env::var("HUSHLOG_RELOADS").ok().and_then(|given| given.parse().ok()).unwrap_or(20)
}

fn config(stores: &[(&str, &Store)], to: &str, more: &str) -> String {
    let sinks: String = stores
        .iter()
        .map(|(name, store)| {
            format!("  {name}: {{ type: http, region: eu-west-1, timeout: 500ms, url: \"http://127.0.0.1:{}/\" }}\n", store.port)
        })
        .collect();
    format!(
        "region: eu-west-1\nsources: {{ app: {{ type: http, listen: \"127.0.0.1:PORT\" }} }}\nroutes: [{{ to: [{to}] }}]\nsinks:\n{sinks}{more}\n"
    )
}

/// Reads the configuration again and waits until the program said what became of it.
pub(super) fn reload(proxy: &Proxy, said: &str) {
    let before = proxy.log().matches(said).count();
    proxy.signal("HUP");
    until("the configuration was read again", || proxy.log().matches(said).count() > before);
}

pub(super) const IN_FORCE: &str = "read again and is in force";
pub(super) const REFUSED: &str = "the one before stays in force";

#[test]
fn a_policy_is_replaced_and_a_broken_one_is_not_used() {
    let store = Store::start();
    let stores = [("out", &store)];
    let proxy = Proxy::start(&config(&stores, "out", ""));
    proxy.send("mail jane@example.com 1\n");
    proxy.reconfigure(&config(&stores, "out", "masks: { email: drop_value }"));
    reload(&proxy, IN_FORCE);
    proxy.send("mail jane@example.com 2\n");
    proxy.reconfigure(&config(&stores, "nowhere", "masks: { email: partial }"));
    reload(&proxy, REFUSED);
    proxy.send("mail jane@example.com 3\n");
    until("everything arrived", || store.len() == 3);
    let lines = store.lines().join("\n");
    assert!(lines.contains("mail [EMAIL] 1") && lines.contains("mail  2") && lines.contains("mail  3"), "{lines}");
    assert!(!proxy.log().contains("example.com"));
}

#[test]
fn what_waits_goes_where_the_new_routes_lead() {
    for buffer in ["", "buffer: { dir: DIR/buffer }"] {
        let (old, new) = (Store::start(), Store::start());
        let stores = [("old", &old), ("new", &new)];
        let proxy = Proxy::start(&config(&stores, "old", buffer));
        old.always(Some(Answer::Status(503)));
        let port = proxy.port;
        let sender = thread::spawn(move || Sender::connect(port).unwrap().post("text/plain", &[], b"waiting jane@example.com\n").unwrap());
        until("the old store was asked", || old.requests() > 0);
        proxy.reconfigure(&config(&stores, "new", &format!("{buffer}\nmasks: {{ email: drop_value }}")));
        reload(&proxy, IN_FORCE);
        until("it arrived", || new.len() == 1);
        assert_eq!(sender.join().unwrap(), 200);
        assert!(new.lines()[0].contains("waiting "), "{:?}", new.lines());
        silent(&old);
        old.always(None);
        proxy.send("later\n");
        until("the next one arrived", || new.len() == 2);
        assert_eq!(old.len(), 0, "a record went where it may go no more");
    }
}

/// Waits until a store has read what was on its way to it: what was sent under the old rules it may still answer.
fn silent(store: &Store) {
    let mut before = store.requests();
    until("no more requests come", || {
        thread::sleep(Duration::from_millis(300));
        let now = store.requests();
        std::mem::replace(&mut before, now) == now
    });
}

#[test]
fn what_waits_follows_the_zone_of_the_new_rules() {
    for buffer in ["", "buffer: { dir: DIR/buffer }"] {
        let (eu, us) = (Store::start(), Store::start());
        let in_region = |region: &str| {
            format!(
                "region: eu-west-1\nsources: {{ app: {{ type: http, listen: \"127.0.0.1:PORT\" }} }}\n\
                 residency: {{ default: {region} }}\nroutes: [{{ to: [eu, us] }}]\nsinks:\n\
                 \x20 eu: {{ type: http, region: eu-central-1, url: \"http://127.0.0.1:{}/\" }}\n\
                 \x20 us: {{ type: http, region: us-east-2, url: \"http://127.0.0.1:{}/\" }}\n{buffer}\n",
                eu.port, us.port
            )
        };
        let proxy = Proxy::start(&in_region("us-east-1"));
        us.always(Some(Answer::Status(503)));
        let port = proxy.port;
        let sender = thread::spawn(move || Sender::connect(port).unwrap().post("text/plain", &[], b"waiting\n").unwrap());
        until("the store of its zone was asked", || us.requests() > 0);
        assert_eq!(eu.requests(), 0, "a record went to another zone");
        proxy.reconfigure(&in_region("eu-west-1"));
        reload(&proxy, IN_FORCE);
        silent(&us);
        us.always(None);
        until("it arrived", || eu.len() == 1);
        assert_eq!(sender.join().unwrap(), 200);
        proxy.send("later\n");
        until("the next one arrived", || eu.len() == 2);
        assert_eq!(us.len(), 0, "a record went to its earlier zone");
        assert!(eu.lines().iter().all(|line| line.contains("\"residency.region\":\"eu-west-1\"")), "{:?}", eu.lines());
    }
}

#[test]
fn secrets_are_read_again_from_their_files() {
    let (store, folder) = (Store::start(), tempfile::tempdir().unwrap());
    let token = folder.path().join("token");
    let write = |text: &str| std::fs::write(&token, text).unwrap();
    write("synthetic-one\n");
    let text = config(&[("out", &store)], "out", "");
    let proxy = Proxy::start(&text.replace("PORT\"", &format!("PORT\", tokens: [{{ file: {} }}]", token.display())));
    let post = |token: &str| {
        let header = format!("Authorization: Bearer {token}");
        Sender::connect(proxy.port)?.post("text/plain", &[&header], b"a line\n")
    };
    reload(&proxy, IN_FORCE);
    assert!(!proxy.log().contains("opened anew"), "nothing has changed");
    write("synthetic-two\n");
    assert_eq!(post("synthetic-one").unwrap(), 200, "until it is asked for, nothing is read");
    reload(&proxy, IN_FORCE);
    assert!(proxy.log().contains("opened anew"));
    until("the new token is taken", || post("synthetic-two").is_ok_and(|status| status == 200));
    assert_eq!(post("synthetic-one").unwrap(), 401);
    // What is not there, or says nothing, does not end what runs.
    write("\n");
    reload(&proxy, REFUSED);
    std::fs::remove_file(&token).unwrap();
    reload(&proxy, REFUSED);
    assert_eq!(post("synthetic-two").unwrap(), 200);
    assert!(!proxy.log().contains("synthetic-"), "{}", proxy.log());
}

#[test]
fn other_sinks_are_opened_anew() {
    let (first, second) = (Store::start(), Store::start());
    let proxy = Proxy::start(&config(&[("out", &first)], "out", "buffer: { dir: DIR/buffer }"));
    proxy.send("one\n");
    until("it arrived", || first.len() == 1);
    proxy.reconfigure(&config(&[("other", &second)], "other", "buffer: { dir: DIR/buffer }"));
    reload(&proxy, IN_FORCE);
    until("it listens again", || proxy.post("text/plain", b"two\n").is_ok_and(|status| status == 200));
    until("it arrived", || second.len() == 1);
    assert_eq!(first.len(), 1);
}

#[test]
fn no_acknowledged_record_is_lost_by_reloads() {
    let store = Store::start();
    let stores = [("out", &store)];
    let with = |round: usize| {
        let mask = if round.is_multiple_of(2) { "label" } else { "drop_value" };
        config(
            &stores,
            if round % 10 == 9 { "nowhere" } else { "out" },
            &format!("buffer: {{ dir: DIR/buffer }}\nmasks: {{ email: {mask} }}"),
        )
    };
    let proxy = Proxy::start(&with(0));
    let stop = Arc::new(AtomicBool::new(false));
    let (port, stopped) = (proxy.port, Arc::clone(&stop));
    let sender = thread::spawn(move || {
        let mut acknowledged = Vec::new();
        let mut sender = Sender::connect(port).unwrap();
        for number in 0.. {
            if stopped.load(Ordering::Relaxed) {
                break;
            }
            let body = format!("{{\"n\":{number},\"mail\":\"jane@example.com\"}}\n");
            match sender.post("application/x-ndjson", &[], body.as_bytes()) {
                Ok(200) => acknowledged.push(number),
                Ok(_) => {}
                Err(_) => sender = Sender::connect(port).unwrap(),
            }
        }
        acknowledged
    });
    for round in 1..=reloads() {
        proxy.reconfigure(&with(round));
        reload(&proxy, if round % 10 == 9 { REFUSED } else { IN_FORCE });
    }
    stop.store(true, Ordering::Relaxed);
    let acknowledged: Vec<u64> = sender.join().unwrap();
    let arrived = |number: &u64| store.lines().iter().any(|line| line.starts_with(&format!("{{\"n\":{number},")));
    until("the last record arrived", || acknowledged.last().is_none_or(arrived));
    let lines = store.lines();
    let numbers: std::collections::HashSet<u64> =
        lines.iter().filter_map(|line| line.strip_prefix("{\"n\":")?.split(',').next()?.parse().ok()).collect();
    let missing = acknowledged.iter().filter(|number| !numbers.contains(number)).count();
    assert_eq!(missing, 0, "of {}", acknowledged.len());
    assert!(
        lines.iter().all(|line| line.contains("\"mail\":\"[EMAIL]\"") || line.contains("\"mail\":\"\"")),
        "a record under two policies"
    );
    println!("{} reloads: {} acknowledged, 0 missing, {} arrived twice", reloads(), acknowledged.len(), lines.len() - numbers.len());
}

#[test]
fn secrets_that_became_useless_do_not_end_what_runs() {
    let (store, folder) = (Store::start(), tempfile::tempdir().unwrap());
    let at = |name: &str| folder.path().join(name).display().to_string();
    let write = |name: &str, text: &str| std::fs::write(at(name), text).unwrap();
    write("token", "synthetic-one\n");
    let options = format!("timeout: 500ms, token: {{ file: {} }}", at("token"));
    let proxy = Proxy::start(&config(&[("out", &store)], "out", "").replace("timeout: 500ms", &options));
    proxy.send("a\n");
    write("token", "synthetic\nof two lines\n");
    reload(&proxy, REFUSED);
    assert!(proxy.log().contains("cannot stand in a header"), "{}", proxy.log());
    proxy.send("b\n");
    until("both arrived", || store.len() == 2);
    write("token", "synthetic-two\n");
    reload(&proxy, IN_FORCE);
    proxy.send("c\n");
    until("the third arrived", || store.len() == 3);
    // An authority that is none, for a sink that is opened anew.
    write("ca", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let with_ca = config(&[("out", &store)], "out", "").replace("timeout: 500ms", &format!("{options}, ca: {}", at("ca")));
    proxy.reconfigure(&with_ca);
    reload(&proxy, REFUSED);
    proxy.send("d\n");
    until("the fourth arrived", || store.len() == 4);
    assert!(!proxy.log().contains("synthetic"), "{}", proxy.log());
}
