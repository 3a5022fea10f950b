//! Groups and streams that clients have made: what they ask for before they send.
//!
//! Kept in memory and bounded: what was not used for the longest time is forgotten first, and its client
//! makes it again when it is told that it is gone.

use crate::decode::cloudwatch::{Name, Order};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes that all names may take.
const MOST: usize = 4 << 20;
/// Bytes that an entry takes beside its name.
const ENTRY: usize = 160;

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupError {
    Exists,
    NoGroup,
    NoStream,
}

/// All groups of one source.
pub(super) struct Groups {
    inner: Mutex<Inner>,
}

struct Inner {
    groups: BTreeMap<Name, Group>,
    bytes: usize,
    most: usize,
    /// Counts uses.
    uses: u64,
}

struct Group {
    created: i64,
    retention: Option<u32>,
    streams: BTreeMap<Name, Stream>,
    used: u64,
}

#[derive(Clone, Copy)]
struct Stream {
    created: i64,
    first: Option<i64>,
    last: Option<i64>,
    ingested: Option<i64>,
    puts: u64,
    used: u64,
}

/// A group as it is listed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListedGroup {
    log_group_name: Name,
    creation_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_in_days: Option<u32>,
    metric_filter_count: u32,
    stored_bytes: u64,
}

/// A stream as it is listed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListedStream {
    log_stream_name: Name,
    creation_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_event_timestamp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_event_timestamp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_ingestion_time: Option<i64>,
    upload_sequence_token: String,
    stored_bytes: u64,
}

/// Some entries, and the name after which the next ones come.
pub(super) type Page<T> = (Vec<T>, Option<Name>);

/// What of a list is asked for.
pub(super) struct Part<'a> {
    pub(super) prefix: &'a str,
    /// In the name, whatever the case.
    pub(super) pattern: Option<&'a str>,
    pub(super) after: Option<&'a Name>,
    pub(super) limit: usize,
}

impl Groups {
    pub(super) fn new() -> Self {
        Self::with_room(MOST)
    }

    fn with_room(most: usize) -> Self {
        Self { inner: Mutex::new(Inner { groups: BTreeMap::new(), bytes: 0, most, uses: 0 }) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn create_group(&self, name: Name, now: i64) -> Result<(), GroupError> {
        let mut inner = self.inner();
        if inner.groups.contains_key(&name) {
            return Err(GroupError::Exists);
        }
        inner.make_room(&name);
        let used = inner.count();
        inner.groups.insert(name, Group { created: now, retention: None, streams: BTreeMap::new(), used });
        Ok(())
    }

    pub(super) fn create_stream(&self, group: &Name, name: Name, now: i64) -> Result<(), GroupError> {
        let mut inner = self.inner();
        let used = inner.count();
        let own = inner.groups.get_mut(group).ok_or(GroupError::NoGroup)?;
        own.used = used;
        if own.streams.contains_key(&name) {
            return Err(GroupError::Exists);
        }
        inner.make_room(&name);
        // Its group was used last, so it is still there.
        let own = inner.groups.get_mut(group).ok_or(GroupError::NoGroup)?;
        own.streams.insert(name, Stream { created: now, first: None, last: None, ingested: None, puts: 0, used });
        Ok(())
    }

    pub(super) fn set_retention(&self, group: &Name, days: u32) -> Result<(), GroupError> {
        let mut inner = self.inner();
        let used = inner.count();
        let own = inner.groups.get_mut(group).ok_or(GroupError::NoGroup)?;
        (own.retention, own.used) = (Some(days), used);
        Ok(())
    }

    pub(super) fn has_group(&self, group: &Name) -> bool {
        self.inner().groups.contains_key(group)
    }

    /// Days that the group of a stream keeps events, if it says so and the stream is there.
    pub(super) fn retention(&self, group: &Name, stream: &Name) -> Result<Option<u32>, GroupError> {
        let inner = self.inner();
        let own = inner.groups.get(group).ok_or(GroupError::NoGroup)?;
        if own.streams.contains_key(stream) { Ok(own.retention) } else { Err(GroupError::NoStream) }
    }

    /// Remembers that events came, and gives the token for the next ones.
    pub(super) fn took(&self, group: &Name, stream: &Name, times: Option<(i64, i64)>, now: i64) -> String {
        let mut inner = self.inner();
        let used = inner.count();
        let own = inner.groups.get_mut(group).and_then(|own| {
            own.used = used;
            own.streams.get_mut(stream)
        });
        // It may have been forgotten while its events were on their way.
        let Some(own) = own else { return token(used) };
        (own.used, own.puts) = (used, own.puts + 1);
        if let Some((first, last)) = times {
            own.first = Some(own.first.map_or(first, |known| known.min(first)));
            own.last = Some(own.last.map_or(last, |known| known.max(last)));
            own.ingested = Some(now);
        }
        token(own.puts)
    }

    pub(super) fn list_groups(&self, part: &Part<'_>) -> Page<ListedGroup> {
        let inner = self.inner();
        let pattern = part.pattern.map(str::to_lowercase);
        let fits = |name: &Name| pattern.as_ref().is_none_or(|pattern| name.as_str().to_lowercase().contains(pattern));
        let found = range(&inner.groups, part).filter(|(name, _)| fits(name)).map(|(name, group)| ListedGroup {
            log_group_name: name.clone(),
            creation_time: group.created,
            retention_in_days: group.retention,
            metric_filter_count: 0,
            stored_bytes: 0,
        });
        page(found, part.limit, |listed| &listed.log_group_name)
    }

    pub(super) fn list_streams(
        &self,
        group: &Name,
        part: &Part<'_>,
        order: Order,
        descending: bool,
    ) -> Result<Page<ListedStream>, GroupError> {
        let inner = self.inner();
        let own = inner.groups.get(group).ok_or(GroupError::NoGroup)?;
        let listed = |(name, stream): (&Name, &Stream)| ListedStream {
            log_stream_name: name.clone(),
            creation_time: stream.created,
            first_event_timestamp: stream.first,
            last_event_timestamp: stream.last,
            last_ingestion_time: stream.ingested,
            upload_sequence_token: token(stream.puts),
            stored_bytes: 0,
        };
        if order == Order::LogStreamName && !descending {
            return Ok(page(range(&own.streams, part).map(listed), part.limit, |listed| &listed.log_stream_name));
        }
        let all = Part { after: None, ..*part };
        let mut sorted: Vec<_> = range(&own.streams, &all).collect();
        if order == Order::LastEventTime {
            sorted.sort_by_key(|(_, stream)| stream.last);
        }
        if descending {
            sorted.reverse();
        }
        let skip = part.after.and_then(|after| sorted.iter().position(|(name, _)| *name == after)).map_or(0, |at| at + 1);
        Ok(page(sorted.into_iter().skip(skip).map(listed), part.limit, |listed| &listed.log_stream_name))
    }
}

impl Inner {
    fn count(&mut self) -> u64 {
        self.uses += 1;
        self.uses
    }

    /// Forgets what was not used for long until one more name fits. What is used now stays.
    fn make_room(&mut self, name: &Name) {
        let more = name.as_str().len() + ENTRY;
        let newest = self.uses;
        while self.bytes + more > self.most && !self.groups.is_empty() {
            let uses = |group: &Group| group.streams.values().map(|stream| stream.used).chain([group.used]).collect::<Vec<_>>();
            let mut uses: Vec<u64> = self.groups.values().flat_map(uses).collect();
            let middle = uses.len() / 2;
            let (_, limit, _) = uses.select_nth_unstable(middle);
            let limit = (*limit).min(newest.saturating_sub(1));
            self.groups.retain(|_, group| {
                group.streams.retain(|_, stream| stream.used > limit);
                !group.streams.is_empty() || group.used > limit
            });
            let size = |name: &Name| name.as_str().len() + ENTRY;
            let before = self.bytes;
            self.bytes = self.groups.iter().map(|(name, group)| size(name) + group.streams.keys().map(size).sum::<usize>()).sum();
            if self.bytes == before {
                break;
            }
        }
        self.bytes += more;
    }
}

/// What a client gives with its next events. Nobody looks at it: the service does not either any more.
fn token(puts: u64) -> String {
    format!("{:056}", u128::from(puts) + 1)
}

fn range<'m, V>(map: &'m BTreeMap<Name, V>, part: &Part<'m>) -> impl Iterator<Item = (&'m Name, &'m V)> + use<'m, V> {
    let after = part.after.map_or(Bound::Unbounded, Bound::Excluded);
    let prefix = part.prefix;
    map.range((after, Bound::Unbounded)).filter(move |(name, _)| name.as_str().starts_with(prefix))
}

fn page<T>(mut found: impl Iterator<Item = T>, limit: usize, name: impl Fn(&T) -> &Name) -> Page<T> {
    let list: Vec<T> = found.by_ref().take(limit).collect();
    let next = if found.next().is_some() { list.last().map(|last| name(last).clone()) } else { None };
    (list, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        serde_json::from_value(serde_json::Value::from(text)).unwrap()
    }

    fn all() -> Part<'static> {
        Part { prefix: "", pattern: None, after: None, limit: 50 }
    }

    fn names<T: Serialize>((list, next): Page<T>) -> (String, Option<String>) {
        let value = serde_json::to_value(list).unwrap();
        let name =
            |entry: &serde_json::Value| entry.get("logStreamName").or(entry.get("logGroupName")).unwrap().as_str().unwrap().to_owned();
        (value.as_array().unwrap().iter().map(name).collect::<Vec<_>>().join(" "), next.map(|next| next.as_str().to_owned()))
    }

    #[test]
    fn groups_and_streams_are_made_once_and_listed_in_parts() {
        let groups = Groups::new();
        let group = name("app");
        assert_eq!(groups.create_stream(&group, name("s"), 0), Err(GroupError::NoGroup));
        assert_eq!(groups.retention(&group, &name("s")), Err(GroupError::NoGroup));
        assert_eq!(groups.create_group(group.clone(), 0), Ok(()));
        assert_eq!(groups.create_group(group.clone(), 0), Err(GroupError::Exists));
        assert_eq!(groups.retention(&group, &name("a1")), Err(GroupError::NoStream));
        for stream in ["a1", "b1", "a2", "a3"] {
            assert_eq!(groups.create_stream(&group, name(stream), 0), Ok(()));
            assert_eq!(groups.create_stream(&group, name(stream), 0), Err(GroupError::Exists));
        }
        groups.took(&group, &name("b1"), Some((5, 9)), 10);
        let list = |part: &Part<'_>, order, descending| names(groups.list_streams(&group, part, order, descending).unwrap_or_default());
        assert_eq!(list(&Part { limit: 2, ..all() }, Order::LogStreamName, false), ("a1 a2".into(), Some("a2".into())));
        assert_eq!(list(&Part { limit: 2, after: Some(&name("a2")), ..all() }, Order::LogStreamName, false), ("a3 b1".into(), None));
        assert_eq!(list(&Part { prefix: "b", ..all() }, Order::LogStreamName, false), ("b1".into(), None));
        let first = Part { limit: 1, ..all() };
        assert_eq!(list(&first, Order::LastEventTime, true), ("b1".into(), Some("b1".into())));
        assert_eq!(list(&Part { after: Some(&name("b1")), ..all() }, Order::LastEventTime, true), ("a3 a2 a1".into(), None));
        groups.create_group(name("/other"), 0).unwrap();
        assert_eq!(names(groups.list_groups(&all())), ("/other app".into(), None));
        assert_eq!(names(groups.list_groups(&Part { pattern: Some("THE"), ..all() })), ("/other".into(), None));
    }

    #[test]
    fn what_was_not_used_for_long_is_forgotten() {
        let groups = Groups::with_room(20 * (ENTRY + 4));
        let group = name("main");
        groups.create_group(group.clone(), 0).unwrap();
        groups.create_stream(&group, name("keep"), 0).unwrap();
        for at in 0..2_000 {
            groups.create_stream(&group, name(&format!("{at:04}")), 0).unwrap();
            groups.took(&group, &name("keep"), None, 0);
            let inner = groups.inner();
            assert!(inner.bytes <= inner.most);
        }
        assert_eq!(groups.retention(&group, &name("keep")), Ok(None));
        assert_eq!(groups.retention(&group, &name("1999")), Ok(None));
        assert_eq!(groups.retention(&group, &name("0000")), Err(GroupError::NoStream));
        for at in 0..2_000 {
            groups.create_group(name(&format!("g{at:03}")), 0).unwrap();
        }
        assert!(groups.inner().groups.len() <= 20);
    }
}
