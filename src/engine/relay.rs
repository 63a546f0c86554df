//! Work that many threads do in any order, and that is taken in its own order meanwhile.
//!
//! Enters: pieces of work in their order. Leaves: what was made of each, in the same order. Must not know: what it is.
//!
//! One thread takes, and makes when there is nothing to take; the others only make. So what grows of what is taken is in
//! the memory of one thread, which is less than parts of it in the memory of each, and none waits unless it would run too
//! far ahead.

use std::collections::BTreeMap;
use std::iter::{Enumerate, Fuse};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Work to be done.
pub struct Relay<P, M, T, R> {
    /// Pieces of work, in order; asked for by one thread at a time, which may wait there for the next one to come.
    pub pieces: P,
    /// Pieces that may be made before they are taken.
    pub ahead: usize,
    /// How much is held of what was made of one; see [`PLENTY`].
    pub weigh: fn(&R) -> usize,
    /// Makes something of a piece.
    pub make: M,
    /// Takes what was made of one, by its number from 0.
    pub take: T,
}

/// Nobody goes on making while so much for each thread, by its weight, is ready to be taken.
pub const PLENTY: usize = 1 << 13;

/// How far it is.
struct Course<R, E> {
    /// Pieces that were begun.
    begun: usize,
    /// Pieces that are being made.
    making: usize,
    /// Pieces that were taken.
    taken: usize,
    /// No piece is left.
    is_over: bool,
    ready: BTreeMap<usize, R>,
    /// The weight of those that are ready.
    held: usize,
    failed: Option<E>,
}

/// What the threads share.
struct Track<'a, P: Iterator, M, R, E> {
    course: Mutex<Course<R, E>>,
    moved: Condvar,
    pieces: Mutex<Enumerate<Fuse<P>>>,
    make: &'a M,
    ahead: usize,
    /// [`PLENTY`] of all threads.
    plenty: usize,
    weigh: fn(&R) -> usize,
}

/// What a thread is to do next.
enum Turn<R> {
    Make,
    Take(usize, R),
    Stop,
}

impl<P, M, T, R> Relay<P, M, T, R> {
    /// Does it on so many threads, this one among them, and tells how many pieces were taken.
    ///
    /// # Errors
    /// The first that `take` returned; no piece behind that is taken.
    pub fn run<E>(mut self, threads: usize) -> Result<usize, E>
    where
        P: Iterator + Send,
        M: Fn(P::Item) -> R + Sync,
        T: FnMut(usize, R) -> Result<(), E>,
        R: Send,
        E: Send,
    {
        let track = Track {
            course: Mutex::new(Course {
                begun: 0,
                making: 0,
                taken: 0,
                is_over: false,
                ready: BTreeMap::new(),
                held: 0,
                failed: None,
            }),
            moved: Condvar::new(),
            pieces: Mutex::new(self.pieces.fuse().enumerate()),
            make: &self.make,
            ahead: self.ahead.max(1),
            plenty: PLENTY * threads,
            weigh: self.weigh,
        };
        thread::scope(|scope| {
            for _ in 1..threads {
                // Where there can be no more, those that are there do it all.
                let _ = thread::Builder::new().spawn_scoped(scope, || track.walk(None::<&mut T>));
            }
            track.walk(Some(&mut self.take));
        });
        let course = track.course.into_inner();
        let course = course.unwrap_or_else(PoisonError::into_inner);
        course.failed.map_or(Ok(course.taken), Err)
    }
}

impl<P, M, R, E> Track<'_, P, M, R, E>
where
    P: Iterator,
    M: Fn(P::Item) -> R,
{
    /// What one thread does: one of them is there to `take`.
    fn walk(&self, mut take: Option<&mut impl FnMut(usize, R) -> Result<(), E>>) {
        let _release = Release(self);
        loop {
            match self.turn(take.is_some()) {
                Turn::Make => match self.piece() {
                    Some((nth, piece)) => {
                        let made = (self.make)(piece);
                        self.made(nth, made);
                    }
                    None => self.end(),
                },
                Turn::Take(nth, made) => {
                    self.took(take.as_mut().map_or(Ok(()), |take| take(nth, made)));
                }
                Turn::Stop => return,
            }
        }
    }

    /// Waits until there is something to do.
    fn turn(&self, takes: bool) -> Turn<R> {
        let mut course = self.course();
        loop {
            if takes {
                let nth = course.taken;
                if let Some(made) = course.ready.remove(&nth) {
                    let weight = (self.weigh)(&made);
                    course.held -= weight;
                    // There may be room to go on making.
                    if weight > 0 {
                        self.moved.notify_all();
                    }
                    return Turn::Take(nth, made);
                }
            }
            if course.is_over && (!takes || course.making == 0) {
                return Turn::Stop;
            }
            // What is next in order is never waited for in vain: it was begun before those that are ready.
            let has_room = course.begun < course.taken + self.ahead && course.held < self.plenty;
            if has_room && !course.is_over {
                course.begun += 1;
                course.making += 1;
                return Turn::Make;
            }
            let moved = self.moved.wait(course);
            course = moved.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next piece, with its number; none where a thread panicked that waited for one.
    fn piece(&self) -> Option<(usize, P::Item)> {
        self.pieces.lock().ok()?.next()
    }

    fn made(&self, nth: usize, made: R) {
        let mut course = self.course();
        course.making -= 1;
        course.held += (self.weigh)(&made);
        course.ready.insert(nth, made);
        self.moved.notify_all();
    }

    fn took(&self, taken: Result<(), E>) {
        let mut course = self.course();
        match taken {
            Ok(()) => course.taken += 1,
            Err(error) => {
                course.failed = Some(error);
                course.is_over = true;
                // Nothing is taken any more.
                course.ready.clear();
            }
        }
        self.moved.notify_all();
    }
}

impl<P: Iterator, M, R, E> Track<'_, P, M, R, E> {
    fn course(&self) -> MutexGuard<'_, Course<R, E>> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing came of a piece that was begun, and none is begun any more.
    fn end(&self) {
        let mut course = self.course();
        course.making = course.making.saturating_sub(1);
        course.is_over = true;
        self.moved.notify_all();
    }
}

/// Where a thread panics, the others wait for nothing.
struct Release<'a, 'b, P: Iterator, M, R, E>(&'a Track<'b, P, M, R, E>);

impl<P: Iterator, M, R, E> Drop for Release<'_, '_, P, M, R, E> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn all_is_taken_in_order_and_nobody_runs_too_far_ahead() {
        for (threads, ahead) in [(1, 1), (1, 4), (2, 1), (3, 3), (8, 16)] {
            let taken = AtomicUsize::new(0);
            let mut order = Vec::new();
            let relay = Relay {
                pieces: 0..500,
                ahead,
                weigh: |_| 0,
                make: |nth: usize| {
                    assert!(nth < taken.load(Ordering::SeqCst) + ahead + 1);
                    std::thread::sleep(std::time::Duration::from_micros(nth as u64 * 37 % 90));
                    nth * 2
                },
                take: |nth, made| {
                    order.push((nth, made));
                    taken.fetch_add(1, Ordering::SeqCst);
                    Ok::<(), ()>(())
                },
            };
            assert_eq!(relay.run::<()>(threads), Ok(500));
            assert!((0..500).map(|nth| (nth, nth * 2)).eq(order));
        }
    }

    #[test]
    fn what_is_heavy_is_taken_before_more_is_made() {
        let (made, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let relay = Relay {
            pieces: 0..200,
            ahead: 16,
            weigh: |_| 4 * PLENTY,
            make: |nth: usize| {
                most.fetch_max(made.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                nth
            },
            take: |_, _| {
                std::thread::sleep(std::time::Duration::from_micros(200));
                made.fetch_sub(1, Ordering::SeqCst);
                Ok::<(), ()>(())
            },
        };
        assert_eq!(relay.run(4), Ok(200));
        // One is being taken, one is ready, and others had been begun before it was.
        assert!(most.into_inner() <= 5);
    }

    #[test]
    fn what_was_begun_is_taken_when_it_stops() {
        let made = AtomicUsize::new(0);
        let mut last = None;
        let relay = Relay {
            pieces: (0..1_000).take_while(|_| made.load(Ordering::SeqCst) < 100),
            ahead: 8,
            weigh: |_| 0,
            make: |_| made.fetch_add(1, Ordering::SeqCst),
            take: |nth, _| {
                last = Some(nth);
                Ok::<(), ()>(())
            },
        };
        let taken = relay.run(4).expect("no error");
        assert_eq!(taken, made.load(Ordering::SeqCst));
        assert_eq!(last, Some(taken - 1));
        assert!((100..120).contains(&taken), "{taken}");
    }

    #[test]
    fn nothing_is_taken_behind_an_error() {
        let mut took = Vec::new();
        let relay = Relay {
            pieces: 0..100,
            ahead: 4,
            weigh: |_| 0,
            make: |nth| nth,
            take: |nth, _| {
                took.push(nth);
                if nth == 7 { Err(nth) } else { Ok(()) }
            },
        };
        assert_eq!(relay.run(3), Err(7));
        assert_eq!(took, (0..8).collect::<Vec<_>>());
    }
}
