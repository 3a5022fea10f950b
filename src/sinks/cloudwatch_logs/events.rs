//! The limits of PutLogEvents, and what of a request may go into one call.
//!
//! The numbers are those of the service model (API version 2014-03-28). Records that the service would
//! not keep are refused here, each for its own reason, so that they do not vanish in an answer nobody reads.

use std::time::Duration;

/// Most bytes of a call: the messages, and [`PER_EVENT`] for each.
pub(super) const BATCH: usize = 1_048_576;
/// Bytes that an event costs beside its message.
pub(super) const PER_EVENT: usize = 26;
/// Most events of a call.
pub(super) const EVENTS: usize = 10_000;
/// Most bytes of one message: an event is at most 1 MB with what it costs.
const MESSAGE: usize = BATCH - PER_EVENT;
/// Most time between the first and the last event of a call.
const SPAN: Duration = Duration::from_secs(24 * 3600);
/// Oldest and newest event that is kept.
const PAST: Duration = Duration::from_secs(14 * 24 * 3600);
const FUTURE: Duration = Duration::from_secs(2 * 3600);

pub(super) const TOO_LONG: &str = "an event is longer than 1 MB";
pub(super) const TOO_OLD: &str = "an event is older than 14 days or the retention";
pub(super) const TOO_NEW: &str = "an event is more than 2 hours in the future";

/// What becomes of events. The numbers are their places.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plan {
    /// Go into this call, in the order of their times.
    pub(super) send: Vec<usize>,
    /// Never will.
    pub(super) refused: Vec<(usize, &'static str)>,
    /// Go into a later one.
    pub(super) left: Vec<usize>,
}

/// Sorts events, given as time in milliseconds and bytes of the message, by what becomes of them at `now`.
pub(super) fn plan(events: &[(i64, usize)], now: i64, retention: Option<Duration>) -> Plan {
    let oldest = now.saturating_sub(millis(retention.map_or(PAST, |retention| retention.min(PAST))));
    let newest = now.saturating_add(millis(FUTURE));
    let mut plan = Plan::default();
    let mut order: Vec<(i64, usize, usize)> = Vec::with_capacity(events.len());
    for (place, (time, bytes)) in events.iter().enumerate() {
        let refused = match (*time, *bytes) {
            (_, bytes) if bytes > MESSAGE => Some(TOO_LONG),
            (time, _) if time < oldest.max(0) => Some(TOO_OLD),
            (time, _) if time > newest => Some(TOO_NEW),
            _ => None,
        };
        match refused {
            Some(reason) => plan.refused.push((place, reason)),
            None => order.push((*time, place, *bytes)),
        }
    }
    order.sort_unstable();
    let last = order.first().map_or(0, |(time, ..)| time.saturating_add(millis(SPAN)));
    let mut size = 0;
    for (time, place, bytes) in order {
        size += bytes + PER_EVENT;
        if size <= BATCH && plan.send.len() < EVENTS && time <= last {
            plan.send.push(place);
        } else {
            // What comes behind an event that waits, waits too.
            size = BATCH + 1;
            plan.left.push(place);
        }
    }
    plan
}

/// What the answer to a call says that it did not keep: ends of the old ones, start of the new ones.
pub(super) fn rejected(sent: &[usize], old_ends: [Option<i32>; 2], new_start: Option<i32>) -> Vec<(usize, &'static str)> {
    let at = |index: Option<i32>| index.and_then(|index| usize::try_from(index).ok());
    let old = old_ends.into_iter().filter_map(at).max().unwrap_or(0).min(sent.len());
    let new = at(new_start).unwrap_or(sent.len()).clamp(old, sent.len());
    let (kept, new) = sent.split_at(new);
    let old = kept.iter().take(old).map(|place| (*place, TOO_OLD));
    old.chain(new.iter().map(|place| (*place, TOO_NEW))).collect()
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000_000;
    const HOUR: i64 = 3_600_000;

    #[test]
    fn a_call_holds_as_much_as_it_may_and_no_byte_more() {
        // 1024 events of 998 + 26 bytes are 1,048,576.
        let mut events = vec![(NOW, 998); 1024];
        assert_eq!(plan(&events, NOW, None).send.len(), 1024);
        events.push((NOW, 1));
        let over = plan(&events, NOW, None);
        assert_eq!((over.send.len(), over.left), (1024, vec![1024]));
        let many = plan(&vec![(NOW, 10); 10_001], NOW, None);
        assert_eq!((many.send.len(), many.left), (10_000, vec![10_000]));
    }

    #[test]
    fn an_event_is_as_long_as_it_may_be() {
        let events = [(NOW, 1_048_550), (NOW, 1_048_551), (NOW, 1)];
        assert_eq!(plan(&events, NOW, None), Plan { send: vec![0], refused: vec![(1, TOO_LONG)], left: vec![2] });
    }

    #[test]
    fn times_are_in_order_and_within_a_day() {
        let times = [NOW, NOW - 25 * HOUR, NOW - 24 * HOUR, NOW - 25 * HOUR, NOW - HOUR];
        let events: Vec<_> = times.iter().map(|time| (*time, 1)).collect();
        assert_eq!(plan(&events, NOW, None), Plan { send: vec![1, 3, 2, 4], refused: vec![], left: vec![0] });
        let events: Vec<_> = times.iter().map(|time| (time + HOUR, 1)).collect();
        assert_eq!(plan(&events[1..], NOW, None).send, [0, 2, 1, 3], "a day and no millisecond more");
    }

    #[test]
    fn what_the_service_would_not_keep_is_refused() {
        let day = 24 * HOUR;
        let events = [(NOW - 14 * day - 1, 1), (NOW - 14 * day, 1), (NOW + 2 * HOUR, 1), (NOW + 2 * HOUR + 1, 1), (-1, 1)];
        let all = plan(&events, NOW, None);
        assert_eq!(all.refused, [(0, TOO_OLD), (3, TOO_NEW), (4, TOO_OLD)]);
        assert_eq!((all.send, all.left), (vec![1], vec![2]));
        let short = plan(&[(NOW - 2 * day, 1), (NOW, 1)], NOW, Some(Duration::from_secs(24 * 3600)));
        assert_eq!((short.refused, short.send), (vec![(0, TOO_OLD)], vec![1]));
    }

    #[test]
    fn answers_name_what_was_not_kept() {
        let sent = [7, 3, 5, 1];
        assert_eq!(rejected(&sent, [Some(1), Some(2)], Some(3)), [(7, TOO_OLD), (3, TOO_OLD), (1, TOO_NEW)]);
        assert_eq!(rejected(&sent, [None, None], None), []);
        assert_eq!(rejected(&sent, [Some(99), Some(-1)], Some(0)).len(), 4);
    }
}
