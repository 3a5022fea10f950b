//! Memory stays what it is after the first blocks (invariant I6).
//!
//! A binary of its own, because it counts the calls of the allocator.
#![allow(unsafe_code, reason = "a global allocator that counts")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

struct Counting;

static CALLS: AtomicU64 = AtomicU64::new(0);
static HELD: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The harness has threads of its own, which do not count.
    static COUNTED: Cell<bool> = const { Cell::new(false) };
}

fn count(calls: u64, more: usize, less: usize) {
    if COUNTED.get() {
        CALLS.fetch_add(calls, Ordering::Relaxed);
        HELD.fetch_add(more as u64, Ordering::Relaxed);
        HELD.fetch_sub(less as u64, Ordering::Relaxed);
    }
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size(), 0);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(0, 0, layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size, layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Blocks before the count begins, and at its end.
const FIRST: usize = 100;
const LAST: usize = 10_000;

#[test]
fn i6_memory_does_not_grow_with_the_input() {
    COUNTED.set(true);
    the_allocator_is_not_called_again();
    what_is_held_back_has_a_bound();
}

fn the_allocator_is_not_called_again() {
    let clean = "2026-01-02T03:04:05Z INFO step 17 of the job is done, loss 0.2512, 812 tokens a second\n".repeat(90);
    let mixed = "login ok user=jsample from 203.0.113.7 mail=u@example.com\nstep done, nothing to see in this line at all\n".repeat(70);
    let dense =
        "{\"ssn\":\"899-12-3456\",\"u@example.com\":[4111111111111111,{\"password\":\"hunter-two\"}],\"m\":\"%40\\u0041\"}\n".repeat(80);
    let engine = hushlog::Engine::standard();
    for (name, block) in [("clean", &clean), ("mixed", &mixed), ("dense", &dense)] {
        let mut stream = engine.stream();
        let mut out = 0;
        let mut after_first = (0, 0);
        for at in 0..LAST {
            if at == FIRST {
                after_first = (CALLS.load(Ordering::Relaxed), HELD.load(Ordering::Relaxed));
            }
            stream.push(block.as_bytes(), &mut |clean| out += clean.as_bytes().len());
        }
        let after_last = (CALLS.load(Ordering::Relaxed), HELD.load(Ordering::Relaxed));
        stream.finish(&mut |clean| out += clean.as_bytes().len());
        assert!(out > 0);
        assert_eq!(after_last.1, after_first.1, "{name}: bytes held grew");
        assert_eq!(after_last.0, after_first.0, "{name}: the allocator was called {} times", after_last.0 - after_first.0);
        assert!(after_last.1 < 8 << 20, "{name}: {} bytes are held", after_last.1);
    }
}

/// Lines that never end, lines that a container cuts and never closes: held within bounds.
fn what_is_held_back_has_a_bound() {
    let engine = hushlog::Engine::standard();
    let part = format!("2026-01-02T03:04:05.678901234Z stdout P {}\n", "x y ".repeat(2000));
    let endless = "word ".repeat(2000);
    let digits = "0123456789".repeat(1000);
    for (name, block) in [("split", part.as_str()), ("endless", &endless), ("one value", &digits)] {
        let before = HELD.load(Ordering::Relaxed);
        let mut stream = engine.stream();
        let mut most = 0;
        for _ in 0..LAST / 2 {
            stream.push(block.as_bytes(), &mut |_| {});
            most = most.max(HELD.load(Ordering::Relaxed).saturating_sub(before));
        }
        assert!(most < 16 << 20, "{name}: {most} bytes were held");
    }
}
