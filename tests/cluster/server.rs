//! A small API server: lists and watches of pods and namespaces, in chunks, with every way to fail.

use crate::support::proxy::DEADLINE;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// A server that runs until the tests end.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// By resource and key.
    objects: BTreeMap<(String, String), Value>,
    /// What happened: version, resource, line of a watch.
    events: Vec<(u64, String, String)>,
    version: u64,
    /// Versions below are forgotten.
    forgotten: u64,
    /// Connections of watches that began before are cut, some of them inside a line.
    epoch: u64,
    token: String,
    /// Heads of all requests.
    heads: Vec<String>,
    refused: usize,
}

/// Something that a client writes to.
trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

impl Api {
    /// One over plain HTTP.
    pub(super) fn start() -> Self {
        Self::serving(|stream| Box::new(stream))
    }

    /// One over TLS, with `server.pem` and `server.key` of a folder.
    pub(super) fn over_tls(folder: &Path) -> Self {
        use rustls::pki_types::pem::PemObject;
        let chain = vec![rustls::pki_types::CertificateDer::from_pem_file(folder.join("server.pem")).unwrap()];
        let key = rustls::pki_types::PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap());
        Self::serving(move |stream| Box::new(rustls::StreamOwned::new(rustls::ServerConnection::new(Arc::clone(&config)).unwrap(), stream)))
    }

    fn serving(wrap: impl Fn(TcpStream) -> Box<dyn Stream> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = State { version: 10, token: "first".to_owned(), ..State::default() };
        let api = Self { port: listener.local_addr().unwrap().port(), state: Arc::new(Mutex::new(state)) };
        let (own, wrap) = (api.clone(), Arc::new(wrap));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                stream.set_read_timeout(Some(DEADLINE)).unwrap();
                let (own, wrap) = (own.clone(), Arc::clone(&wrap));
                // The client may go at any time.
                thread::spawn(move || own.serve(&mut *wrap(stream)));
            }
        });
        api
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Adds or changes an object.
    fn put(&self, resource: &str, key: &str, mut metadata: Value) {
        let mut state = self.state();
        state.version += 1;
        metadata["resourceVersion"] = json!(state.version.to_string());
        let object = json!({ "kind": "PartialObjectMetadata", "metadata": metadata });
        let known = state.objects.insert((resource.to_owned(), key.to_owned()), object.clone()).is_some();
        let line = json!({ "type": if known { "MODIFIED" } else { "ADDED" }, "object": object }).to_string();
        let version = state.version;
        state.events.push((version, resource.to_owned(), line));
    }

    /// A namespace with these annotations.
    pub(super) fn namespace(&self, name: &str, annotations: Value) {
        self.put("namespaces", name, json!({ "name": name, "annotations": annotations }));
    }

    /// A pod; `more` is merged into its metadata.
    pub(super) fn pod(&self, namespace: &str, name: &str, more: Value) {
        let mut metadata = json!({ "namespace": namespace, "name": name, "uid": uid(name) });
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.put("pods", name, metadata);
    }

    /// A pod ends and is deleted.
    pub(super) fn delete(&self, pod: &str) {
        let mut state = self.state();
        state.version += 1;
        let mut object = state.objects.remove(&("pods".to_owned(), pod.to_owned())).unwrap();
        object["metadata"]["resourceVersion"] = json!(state.version.to_string());
        let version = state.version;
        state.events.push((version, "pods".to_owned(), json!({ "type": "DELETED", "object": object }).to_string()));
    }

    /// Forgets what happened so far, and cuts all watches: who asks from there is told `410`.
    pub(super) fn forget(&self) {
        let mut state = self.state();
        state.events.clear();
        state.version += 100;
        (state.forgotten, state.epoch) = (state.version, state.epoch + 1);
    }

    /// Cuts all watches.
    pub(super) fn cut(&self) {
        self.state().epoch += 1;
    }

    /// From now on only this token is accepted.
    pub(super) fn accept(&self, token: &str) {
        self.state().token = token.to_owned();
        self.cut();
    }

    pub(super) fn heads(&self) -> Vec<String> {
        self.state().heads.clone()
    }

    pub(super) fn refused(&self) -> usize {
        self.state().refused
    }

    fn serve(&self, stream: &mut dyn Stream) -> Option<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            (stream.read(&mut byte).ok()? > 0).then_some(())?;
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let target = head.split(' ').nth(1)?.to_owned();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let resource = path.rsplit('/').next()?.to_owned();
        let option = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned);
        let is_known = {
            let mut state = self.state();
            let is_known = head.to_ascii_lowercase().contains(&format!("\r\nauthorization: bearer {}\r\n", state.token));
            state.heads.push(head);
            state.refused += usize::from(!is_known);
            is_known
        };
        if !is_known {
            return stream.write_all(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n").ok();
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n").ok()?;
        if option("watch").is_some() {
            self.watch(stream, &resource, option("resourceVersion")?.parse().ok()?)
        } else {
            // Two objects a part, whatever was asked for.
            self.list(stream, &resource, option("continue").and_then(|from| from.parse().ok()).unwrap_or(0))
        }
    }

    fn list(&self, stream: &mut dyn Stream, resource: &str, from: usize) -> Option<()> {
        let page = {
            let state = self.state();
            let all: Vec<_> = state.objects.iter().filter(|((known, _), _)| known == resource).map(|(_, object)| object).collect();
            let next = if from + 2 < all.len() { (from + 2).to_string() } else { String::new() };
            let items: Vec<_> = all.into_iter().skip(from).take(2).collect();
            json!({ "metadata": { "resourceVersion": state.version.to_string(), "continue": next }, "items": items }).to_string()
        };
        chunks(stream, page.as_bytes())?;
        stream.write_all(b"0\r\n\r\n").ok()
    }

    fn watch(&self, stream: &mut dyn Stream, resource: &str, mut from: u64) -> Option<()> {
        let epoch = self.state().epoch;
        loop {
            let (lines, version, ended, forgotten) = {
                let state = self.state();
                let lines: Vec<String> = state
                    .events
                    .iter()
                    .filter(|(version, known, _)| *version > from && known == resource)
                    .map(|(_, _, line)| line.clone())
                    .collect();
                (lines, state.version, state.epoch != epoch, from < state.forgotten)
            };
            if ended {
                // In the middle of a line.
                return chunks(stream, b"{\"type\":\"ADDED\",\"object\":{\"meta");
            }
            if forgotten {
                chunks(stream, b"{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}}\n")?;
                return stream.write_all(b"0\r\n\r\n").ok();
            }
            for line in &lines {
                chunks(stream, format!("{line}\n").as_bytes())?;
            }
            if version > from {
                let bookmark = json!({ "type": "BOOKMARK", "object": { "metadata": { "resourceVersion": version.to_string() } } });
                chunks(stream, format!("{bookmark}\n").as_bytes())?;
                from = version;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Pieces that end anywhere.
fn chunks(stream: &mut dyn Stream, text: &[u8]) -> Option<()> {
    for piece in text.chunks(37) {
        stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).ok()?;
        stream.write_all(piece).ok()?;
        stream.write_all(b"\r\n").ok()?;
    }
    stream.flush().ok()
}

/// The identifier of a pod here.
pub(super) fn uid(pod: &str) -> String {
    format!("uid-of-{pod}")
}
