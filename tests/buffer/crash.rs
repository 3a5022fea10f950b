//! A file system that loses at a crash what was not synced, at every step: nothing acknowledged is lost.

use super::*;
use hushlog::buffer::files::{File, Files};
use std::any::Any;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;

/// What a crash leaves of what was not synced.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Leaves {
    Nothing,
    Everything,
    /// Half of the bytes, and names before content.
    Half,
}

#[derive(Clone, Default)]
struct Content {
    synced: Vec<u8>,
    now: Vec<u8>,
}

#[derive(Default)]
struct World {
    contents: Vec<Content>,
    /// Names on the disk, and names as the program sees them.
    synced: BTreeMap<PathBuf, usize>,
    now: BTreeMap<PathBuf, usize>,
    steps: usize,
    /// The step at which everything ends; an error at each step from here on.
    end: usize,
    /// Steps at which the disk is full.
    full: std::ops::Range<usize>,
}

#[derive(Clone)]
struct Fake(Arc<Mutex<World>>);

struct Opened {
    world: Arc<Mutex<World>>,
    content: usize,
}

fn step(world: &mut World, writes: bool) -> io::Result<()> {
    world.steps += 1;
    if world.steps > world.end {
        return Err(io::Error::from_raw_os_error(5));
    }
    if writes && world.full.contains(&world.steps) {
        return Err(io::ErrorKind::StorageFull.into());
    }
    Ok(())
}

impl Fake {
    fn new(end: usize) -> Self {
        Self(Arc::new(Mutex::new(World { end, ..World::default() })))
    }

    /// The file system after the crash.
    fn after(&self, leaves: Leaves) -> Self {
        let world = self.0.lock().unwrap();
        let names = if leaves == Leaves::Nothing { &world.synced } else { &world.now };
        let mut next = World { end: usize::MAX, ..World::default() };
        for (path, content) in names {
            let Content { synced, now } = &world.contents[*content];
            let bytes = match leaves {
                Leaves::Nothing => synced.clone(),
                Leaves::Everything => now.clone(),
                // What was written last is there by half, the rest as zeros.
                Leaves::Half => {
                    let mut bytes = now.clone();
                    let from = synced.len().min(now.len());
                    let middle = from + (now.len() - from) / 2;
                    bytes[middle..].fill(0);
                    bytes
                }
            };
            next.contents.push(Content { synced: bytes.clone(), now: bytes });
            next.now.insert(path.clone(), next.contents.len() - 1);
        }
        next.synced = next.now.clone();
        Self(Arc::new(Mutex::new(next)))
    }
}

impl Files for Fake {
    fn make_dir(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn lock(&self, _: &Path, _: bool) -> io::Result<Box<dyn Any + Send + Sync>> {
        Ok(Box::new(()))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let world = self.0.lock().unwrap();
        let names = world.now.keys().filter(|path| path.parent() == Some(dir));
        Ok(names.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect())
    }

    fn create(&self, path: &Path) -> io::Result<Arc<dyn File>> {
        let mut world = self.0.lock().unwrap();
        step(&mut world, true)?;
        world.contents.push(Content::default());
        let content = world.contents.len() - 1;
        world.now.insert(path.to_owned(), content);
        Ok(Arc::new(Opened { world: Arc::clone(&self.0), content }))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn File>> {
        let world = self.0.lock().unwrap();
        let content = *world.now.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Arc::new(Opened { world: Arc::clone(&self.0), content }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut world = self.0.lock().unwrap();
        step(&mut world, false)?;
        let content = world.now.remove(from).ok_or(io::ErrorKind::NotFound)?;
        world.now.insert(to.to_owned(), content);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut world = self.0.lock().unwrap();
        step(&mut world, false)?;
        world.now.remove(path).map(drop).ok_or(io::ErrorKind::NotFound.into())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let mut world = self.0.lock().unwrap();
        step(&mut world, false)?;
        let World { now, synced, .. } = &mut *world;
        synced.retain(|path, _| path.parent() != Some(dir));
        synced.extend(now.iter().filter(|(path, _)| path.parent() == Some(dir)).map(|(path, content)| (path.clone(), *content)));
        Ok(())
    }
}

impl File for Opened {
    fn size(&self) -> io::Result<u64> {
        Ok(self.world.lock().unwrap().contents[self.content].now.len() as u64)
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        File::read_at(&self.world.lock().unwrap().contents[self.content].now, into, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut world = self.world.lock().unwrap();
        let outcome = step(&mut world, true);
        // A write that fails has written half.
        let taken = if outcome.is_ok() { bytes.len() } else { bytes.len() / 2 };
        let now = &mut world.contents[self.content].now;
        let end = offset as usize + taken;
        if now.len() < end {
            now.resize(end, 0);
        }
        now[offset as usize..end].copy_from_slice(&bytes[..taken]);
        outcome
    }

    fn cut(&self, size: u64) -> io::Result<()> {
        let mut world = self.world.lock().unwrap();
        step(&mut world, false)?;
        world.contents[self.content].now.resize(size as usize, 0);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut world = self.world.lock().unwrap();
        step(&mut world, false)?;
        let content = &mut world.contents[self.content];
        content.synced = content.now.clone();
        Ok(())
    }
}

fn on(files: &Fake) -> Settings {
    Settings { files: Arc::new(files.clone()), segment_bytes: 700, ..settings(Path::new("/buffer"), None) }
}

/// Appends, reads and commits until the end of the world. Returns what was acknowledged, and what of it the
/// sink took for good.
async fn live(files: &Fake) -> (Vec<u64>, Vec<u64>) {
    let (mut safe, mut taken) = (Vec::new(), Vec::new());
    let Ok((buffer, _)) = Buffer::on_disk(on(files), &names(1), NOW) else { return (safe, taken) };
    let mut reader = buffer.reader(0);
    for number in 0..14 {
        let Ok(receipt) = buffer.append(batch(number), only(0), NOW).await else { continue };
        if receipt.safe().await.is_err() {
            continue;
        }
        safe.push(number);
        if number % 3 == 0
            && let Ok(Some(entry)) = tokio::time::timeout(Duration::from_millis(50), reader.next()).await
        {
            taken.push(self::number(&entry.batch));
            reader.commit(entry.sequence);
        }
    }
    drop(reader);
    buffer.finish().await;
    (safe, taken)
}

#[tokio::test(flavor = "multi_thread")]
async fn i5_a_crash_at_any_step_loses_nothing_acknowledged() {
    let whole = Fake::new(usize::MAX);
    assert_eq!(live(&whole).await.0.len(), 14);
    let steps = whole.0.lock().unwrap().steps;
    assert!(steps > 40, "{steps}");
    let (mut crashes, mut twice) = (0, 0);
    for end in 0..=steps {
        let files = Fake::new(end);
        let (safe, taken) = live(&files).await;
        for leaves in [Leaves::Nothing, Leaves::Everything, Leaves::Half] {
            let (buffer, recovery) = Buffer::on_disk(on(&files.after(leaves)), &names(1), NOW).unwrap();
            assert_eq!(recovery.bad, 0, "{end} {leaves:?}: a header is whole or not there");
            append(&buffer, 99, only(0)).await;
            let mut reader = buffer.reader(0);
            let mut found = Vec::new();
            while found.last() != Some(&99) {
                found.push(number(&reader.next().await.unwrap().batch));
            }
            let lost: Vec<_> = safe.iter().filter(|number| !taken.contains(number) && !found.contains(number)).collect();
            assert!(lost.is_empty(), "step {end}, {leaves:?}: {lost:?} of {safe:?} are lost");
            assert!(found.is_sorted(), "{found:?}");
            crashes += 1;
            twice += found.iter().filter(|number| taken.contains(number)).count();
        }
    }
    println!("{crashes} crashes over {steps} steps: 0 acknowledged batches lost, {twice} read twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_acknowledges_nothing_and_goes_on_when_it_has_room() {
    for from in 3..30 {
        for length in [1, 2, 5] {
            let files = Fake::new(usize::MAX);
            files.0.lock().unwrap().full = from..from + length;
            let (safe, taken) = live(&files).await;
            assert!((7..=14).contains(&safe.len()), "{from} {length}: {safe:?}");
            for leaves in [Leaves::Nothing, Leaves::Everything] {
                let (buffer, recovery) = Buffer::on_disk(on(&files.after(leaves)), &names(1), NOW).unwrap();
                assert_eq!(recovery.damage.batches, 0, "what was refused is not missing");
                let found = drain_numbers(&mut buffer.reader(0)).await;
                assert!(safe.iter().all(|number| taken.contains(number) || found.contains(number)), "{from} {length}: {safe:?} {found:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_to_who_counts_and_found_to_have_room_again() {
    let files = Fake::new(usize::MAX);
    let (buffer, _) = Buffer::on_disk(on(&files), &names(1), NOW).unwrap();
    files.0.lock().unwrap().full = 0..usize::MAX;
    let (told, counted) = std::sync::mpsc::channel();
    let receipt = buffer.append_for(batch(1), only(0), NOW, Some(Arc::new(move |error| told.send(error).unwrap()))).await.unwrap();
    // Whoever dropped the receipt is counted all the same.
    drop(receipt);
    assert_eq!(counted.recv().unwrap(), hushlog::buffer::AppendError::Disk);
    assert!(buffer.is_failing());
    files.0.lock().unwrap().full = 0..0;
    crate::support::proxy::until("it is tried without an append", || !buffer.is_failing());
    append(&buffer, 2, only(0)).await;
    assert_eq!(drain_numbers(&mut buffer.reader(0)).await, [2]);
}
