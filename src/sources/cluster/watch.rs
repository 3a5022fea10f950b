//! List, then watch from there, for as long as the program runs; the same for pods and for namespaces.
//!
//! A watch that ends is begun again at the version it came to. One that the server has forgotten
//! (`410 Gone`), or that says what is not understood, begins again with a list. What is known stays known
//! meanwhile.

use super::client::{Client, Trouble};
use super::objects::{Event, Meta, Object, Page, Status, What};
use super::options::Api;
use super::state::State;
use crate::task::{Stop, Task};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Pause after a failure: the first, and the longest.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(30);
/// A watch that lasted longer went well.
const LIVELY: Duration = Duration::from_secs(10);
/// Objects of a part of a list.
const PART: usize = 500;
/// Parts of a list; more than the tables hold.
const PARTS: usize = 64;
/// Seconds after which the server ends a watch.
const WATCH: u64 = 290;

/// What is watched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pods,
    Namespaces,
}

struct Watch {
    kind: Kind,
    api: Arc<Api>,
    /// Path and the part of the query that says which objects.
    path: String,
    state: Arc<Mutex<State>>,
    source: Arc<str>,
}

/// Both watches, until the program ends.
pub(super) fn both(api: Api, node: String, state: Arc<Mutex<State>>, source: Arc<str>, stop: Stop) -> Task<'static, ()> {
    let api = Arc::new(api);
    let watch = |kind, path| Watch { kind, api: Arc::clone(&api), path, state: Arc::clone(&state), source: Arc::clone(&source) };
    let pods = watch(Kind::Pods, format!("/api/v1/pods?fieldSelector=spec.nodeName%3D{node}"));
    let spaces = watch(Kind::Namespaces, "/api/v1/namespaces?".to_owned());
    Box::pin(async move {
        let mut stop = stop;
        tokio::select! {
            () = stop.wait() => {}
            () = pods.run() => {}
            () = spaces.run() => {}
        }
    })
}

impl Watch {
    async fn run(&self) {
        let (mut version, mut pause) = (None, PAUSE);
        // What the server has in memory is good enough to begin with, and cheap for it.
        let mut from = Some("0");
        let mut said = None;
        loop {
            let ended = self.round(&mut version, &mut from, &mut pause).await;
            match ended {
                Ok(()) => said = None,
                Err(Trouble::Gone) => (version, from) = (None, None),
                Err(Trouble::Failed(problem)) => {
                    if said != Some(problem) {
                        tracing::warn!(source = &*self.source, what = self.name(), problem, "the API server cannot be watched now");
                        said = Some(problem);
                    }
                }
            }
            tokio::time::sleep(jittered(pause)).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// A list, unless a version is known, and a watch. Moves the version on.
    async fn round(&self, version: &mut Option<String>, from: &mut Option<&str>, pause: &mut Duration) -> Result<(), Trouble> {
        let client = Client::open(&self.api)?;
        let known = match version.take() {
            Some(version) => version,
            None => {
                let listed = self.list(&client, *from).await?;
                tracing::info!(source = &*self.source, what = self.name(), "the API server was asked for everything");
                listed
            }
        };
        let (mut now, begun, mut heard) = (known, Instant::now(), false);
        let path = format!("{}&watch=1&allowWatchBookmarks=true&timeoutSeconds={WATCH}&resourceVersion={}", self.path, now);
        let mut understood = true;
        let outcome = client
            .watch(&path, &mut |line| {
                heard = true;
                let taken = self.event(line, &mut now);
                understood &= taken != Err(Trouble::Failed(UNCLEAR));
                taken
            })
            .await;
        // A server that answers and ends at once is asked less and less often.
        if heard || begun.elapsed() > LIVELY {
            *pause = PAUSE;
        }
        if understood && outcome != Err(Trouble::Gone) {
            // Also where the connection broke: everything up to there was taken.
            *version = Some(now);
        }
        outcome
    }

    async fn list(&self, client: &Client, from: Option<&str>) -> Result<String, Trouble> {
        let (mut next, mut here) = (None::<String>, HashSet::new());
        for _ in 0..PARTS {
            let mut path = format!("{}&limit={PART}", self.path);
            match &next {
                Some(next) => path.push_str(&format!("&continue={}", escaped(next))),
                None => from.iter().for_each(|version| path.push_str(&format!("&resourceVersion={version}"))),
            }
            let text = client.list(&path).await?;
            let page: Page = serde_json::from_slice(&text).map_err(|_| Trouble::Failed("a list is not understood"))?;
            for object in page.items.unwrap_or_default() {
                here.extend(self.put(object.metadata));
            }
            next = page.metadata.next.filter(|next| !next.is_empty());
            if next.is_none() {
                let mut state = self.state();
                match self.kind {
                    Kind::Pods => state.pods.leave_others(&here),
                    Kind::Namespaces => state.spaces.leave_others(&here),
                }
                return Ok(page.metadata.version);
            }
        }
        Err(Trouble::Failed("a list has too many parts"))
    }

    fn event(&self, line: &[u8], version: &mut String) -> Result<(), Trouble> {
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        let unclear = |_| Trouble::Failed(UNCLEAR);
        let event: Event<'_> = serde_json::from_slice(line).map_err(unclear)?;
        if event.kind == What::Error {
            let status: Status = serde_json::from_str(event.object.get()).map_err(unclear)?;
            return Err(if status.code == Some(410) { Trouble::Gone } else { Trouble::Failed(UNCLEAR) });
        }
        let object: Object = serde_json::from_str(event.object.get()).map_err(unclear)?;
        if !object.metadata.version.is_empty() {
            version.clone_from(&object.metadata.version);
        }
        match event.kind {
            What::Added | What::Modified => drop(self.put(object.metadata)),
            What::Deleted => match self.kind {
                Kind::Pods => self.state().pods.leave(&object.metadata.uid),
                Kind::Namespaces => self.state().spaces.leave(&object.metadata.name),
            },
            What::Bookmark | What::Error => {}
        }
        Ok(())
    }

    /// Notes an object. Returns what it is known by.
    fn put(&self, metadata: Meta) -> Option<String> {
        let key = if self.kind == Kind::Pods { metadata.uid.clone() } else { metadata.name.clone() };
        if key.is_empty() {
            return None;
        }
        let there = match self.kind {
            Kind::Pods => {
                let pod = metadata.pod(&self.api.keep);
                self.state().pods.put(key.clone(), pod)
            }
            Kind::Namespaces => {
                let space = metadata.space();
                self.state().spaces.put(key.clone(), space)
            }
        };
        if !there {
            tracing::error!(source = &*self.source, what = self.name(), "there are more than can be known: the records of some wait");
        }
        Some(key)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn name(&self) -> &'static str {
        if self.kind == Kind::Pods { "pods" } else { "namespaces" }
    }
}

/// What is not understood: the list says how things are.
const UNCLEAR: &str = "an event of a watch is not understood";

/// Not all nodes of a cluster at the same time.
fn jittered(pause: Duration) -> Duration {
    let mut byte = [0];
    let _ = getrandom::fill(&mut byte);
    pause.mul_f64(0.5 + f64::from(byte[0]) / 510.0)
}

/// A value in a query.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
