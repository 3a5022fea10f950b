//! Random appends, commits and restarts against the simplest model there is.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Step {
    Append { sinks: u64, size: usize },
    Read { sink: usize, count: usize, commit: bool },
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1..8_u64, 0..9000_usize).prop_map(|(sinks, size)| Step::Append { sinks, size }),
        3 => (0..3_usize, 1..12_usize, any::<bool>()).prop_map(|(sink, count, commit)| Step::Read { sink, count, commit }),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..60)
}

fn run(steps: &[Step], key: Option<Key>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let dir = tempfile::tempdir().unwrap();
        let open = || {
            let settings = Settings { segment_bytes: 20_000, ..settings(dir.path(), key.clone()) };
            Buffer::on_disk(settings, &names(3), NOW).unwrap()
        };
        let (mut buffer, _) = open();
        let mut readers: Vec<_> = (0..3).map(|sink| buffer.reader(sink)).collect();
        // What each sink has still to take, and how much of it was read.
        let mut waiting: [BTreeMap<u64, ()>; 3] = Default::default();
        let mut seen = [None; 3];
        for (number, step) in steps.iter().enumerate() {
            let number = number as u64;
            match step {
                Step::Append { sinks, size } => {
                    let set = SinkSet::of_bits(*sinks);
                    buffer.append(sized(number, *size), set, NOW).await.unwrap().safe().await.unwrap();
                    for sink in set.iter() {
                        waiting[sink].insert(number, ());
                    }
                }
                Step::Read { sink, count, commit } => {
                    let after = seen[*sink].map_or(0, |seen| seen + 1);
                    let expected: Vec<u64> = waiting[*sink].range(after..).map(|(number, ())| *number).take(*count).collect();
                    for expected in &expected {
                        let entry = readers[*sink].next().await.unwrap();
                        assert_eq!(self::number(&entry.batch), *expected);
                        seen[*sink] = Some(*expected);
                        if *commit {
                            readers[*sink].commit(entry.sequence);
                            waiting[*sink].retain(|number, ()| number > expected);
                        }
                    }
                    if expected.len() < *count {
                        assert!(readers[*sink].try_next().is_none(), "there is no more");
                    }
                }
                Step::Reopen => {
                    readers.clear();
                    buffer.finish().await;
                    drop(buffer);
                    let recovery;
                    (buffer, recovery) = open();
                    assert!(!recovery.damage.is_any() && recovery.bad == 0 && !recovery.cursors_lost, "{recovery:?}");
                    let expected: std::collections::BTreeSet<u64> = waiting.iter().flat_map(|waiting| waiting.keys().copied()).collect();
                    assert_eq!(recovery.entries, expected.len() as u64);
                    readers.extend((0..3).map(|sink| buffer.reader(sink)));
                    seen = [None; 3];
                }
            }
        }
        for sink in 0..3 {
            let after = seen[sink].map_or(0, |seen| seen + 1);
            for (expected, ()) in waiting[sink].range(after..) {
                assert_eq!(number(&readers[sink].next().await.unwrap().batch), *expected);
            }
            assert!(readers[sink].try_next().is_none());
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn the_buffer_does_what_a_list_does(steps in steps(), encrypted in any::<bool>()) {
        run(&steps, encrypted.then(key));
    }
}
