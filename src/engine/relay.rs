//! Work that many threads do in any order, and that is taken in its own order meanwhile.
//!
//! Enters: numbered pieces of work. Leaves: what was made of each, in the order of the numbers. Must not know: what it is.
//!
//! Whoever has made a piece takes what is next in order, if nobody else does, and goes on making: so no thread is there
//! only to take, and none waits unless it would run too far ahead.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Work to be done.
pub struct Relay<M, T, G> {
    /// Pieces.
    pub many: usize,
    /// Pieces that may be made before they are taken.
    pub ahead: usize,
    /// Makes a piece.
    pub make: M,
    /// Takes what was made of one.
    pub take: T,
    /// Whether to make another one.
    pub goes_on: G,
}

/// How far it is.
struct Course<R, E> {
    /// The next piece to make, and the one behind the last.
    next: usize,
    end: usize,
    /// Pieces that were taken.
    taken: usize,
    is_taking: bool,
    ready: BTreeMap<usize, R>,
    failed: Option<E>,
}

/// What the threads share.
struct Track<'a, M, T, G, R, E> {
    course: Mutex<Course<R, E>>,
    moved: Condvar,
    make: &'a M,
    take: Mutex<&'a mut T>,
    goes_on: &'a G,
    ahead: usize,
}

/// What a thread is to do next.
enum Turn<R> {
    Make(usize),
    Take(usize, R),
    Stop,
}

impl<M, T, G> Relay<M, T, G> {
    /// Does it on all threads of a pool, and tells how many pieces were taken.
    ///
    /// # Errors
    /// The first that `take` returned; no piece behind that is taken.
    pub fn run<R, E>(mut self, pool: &rayon::ThreadPool) -> Result<usize, E>
    where
        M: Fn(usize) -> R + Sync,
        T: FnMut(usize, R) -> Result<(), E> + Send,
        G: Fn() -> bool + Sync,
        R: Send,
        E: Send,
    {
        let track = Track {
            course: Mutex::new(Course {
                next: 0,
                end: self.many,
                taken: 0,
                is_taking: false,
                ready: BTreeMap::new(),
                failed: None,
            }),
            moved: Condvar::new(),
            make: &self.make,
            take: Mutex::new(&mut self.take),
            goes_on: &self.goes_on,
            ahead: self.ahead.max(1),
        };
        pool.broadcast(|_| track.walk());
        let course = track.course.into_inner();
        let course = course.unwrap_or_else(PoisonError::into_inner);
        course.failed.map_or(Ok(course.taken), Err)
    }
}

impl<M, T, G, R, E> Track<'_, M, T, G, R, E>
where
    M: Fn(usize) -> R,
    T: FnMut(usize, R) -> Result<(), E>,
    G: Fn() -> bool,
{
    /// What one thread does.
    fn walk(&self) {
        let _release = Release(self);
        loop {
            match self.turn() {
                Turn::Make(nth) => {
                    let made = (self.make)(nth);
                    self.course().ready.insert(nth, made);
                }
                Turn::Take(nth, made) => {
                    let mut take = self.take.lock().unwrap_or_else(PoisonError::into_inner);
                    let taken = take(nth, made);
                    self.took(taken);
                }
                Turn::Stop => return,
            }
        }
    }

    /// Waits until there is something to do.
    fn turn(&self) -> Turn<R> {
        let mut course = self.course();
        loop {
            if !course.is_taking {
                let nth = course.taken;
                if let Some(made) = course.ready.remove(&nth) {
                    course.is_taking = true;
                    return Turn::Take(nth, made);
                }
            }
            if course.next < course.end && !(self.goes_on)() {
                course.end = course.next;
            }
            if course.next >= course.end {
                return Turn::Stop;
            }
            if course.next < course.taken + self.ahead {
                course.next += 1;
                return Turn::Make(course.next - 1);
            }
            let moved = self.moved.wait(course);
            course = moved.unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn took(&self, taken: Result<(), E>) {
        let mut course = self.course();
        match taken {
            Ok(()) => {
                course.is_taking = false;
                course.taken += 1;
            }
            // Nobody takes any more.
            Err(error) => {
                course.failed = Some(error);
                course.end = 0;
            }
        }
        self.moved.notify_all();
    }
}

impl<M, T, G, R, E> Track<'_, M, T, G, R, E> {
    fn course(&self) -> MutexGuard<'_, Course<R, E>> {
        self.course.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a thread panics, the others wait for nothing.
struct Release<'a, 'b, M, T, G, R, E>(&'a Track<'b, M, T, G, R, E>);

impl<M, T, G, R, E> Drop for Release<'_, '_, M, T, G, R, E> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.course().end = 0;
            self.0.moved.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn pool(threads: usize) -> rayon::ThreadPool {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().expect("threads")
    }

    #[test]
    fn all_is_taken_in_order_and_nobody_runs_too_far_ahead() {
        for (threads, ahead) in [(1, 1), (1, 4), (2, 1), (3, 3), (8, 16)] {
            let taken = AtomicUsize::new(0);
            let mut order = Vec::new();
            let relay = Relay {
                many: 500,
                ahead,
                make: |nth| {
                    assert!(nth < taken.load(Ordering::SeqCst) + ahead + 1);
                    std::thread::sleep(std::time::Duration::from_micros(nth as u64 * 37 % 90));
                    nth * 2
                },
                take: |nth, made| {
                    order.push((nth, made));
                    taken.fetch_add(1, Ordering::SeqCst);
                    Ok::<(), ()>(())
                },
                goes_on: || true,
            };
            assert_eq!(relay.run(&pool(threads)), Ok(500));
            assert!((0..500).map(|nth| (nth, nth * 2)).eq(order));
        }
    }

    #[test]
    fn what_was_begun_is_taken_when_it_stops() {
        let made = AtomicUsize::new(0);
        let mut last = None;
        let relay = Relay {
            many: 1_000,
            ahead: 8,
            make: |_| made.fetch_add(1, Ordering::SeqCst),
            take: |nth, _| {
                last = Some(nth);
                Ok::<(), ()>(())
            },
            goes_on: || made.load(Ordering::SeqCst) < 100,
        };
        let taken = relay.run(&pool(4)).expect("no error");
        assert_eq!(taken, made.load(Ordering::SeqCst));
        assert_eq!(last, Some(taken - 1));
        assert!((100..120).contains(&taken), "{taken}");
    }

    #[test]
    fn nothing_is_taken_behind_an_error() {
        let mut took = Vec::new();
        let relay = Relay {
            many: 100,
            ahead: 4,
            make: |nth| nth,
            take: |nth, _| {
                took.push(nth);
                if nth == 7 { Err(nth) } else { Ok(()) }
            },
            goes_on: || true,
        };
        assert_eq!(relay.run(&pool(3)), Err(7));
        assert_eq!(took, (0..8).collect::<Vec<_>>());
    }
}
