//! The thread that writes.
//!
//! Enters: what waits. Leaves: it on disk; or, while that cannot be, everything still waiting, and why. Must not know:
//! what rows mean.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::batch::Batch;
use super::coarsening::Join;
use super::disk::{Aside, Disk};
use super::place;
use super::problem::{CannotStore, Problem};
use super::said::Said;
use super::settings::Settings;
use super::shared::{Limits, Shared};
use super::status::Degraded;

/// Before the first new attempt; twice as long before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Between two looks at what is too old or too much.
const LOOK: Duration = Duration::from_secs(10);

/// Between two looks at what can be joined, when there was nothing.
const JOIN: Duration = Duration::from_secs(60);

/// Bytes of a log that is worth a word.
const MUCH_LOG: u64 = 256 << 20;

/// See the module.
#[derive(Debug)]
pub struct Writer {
    pub(super) settings: Settings,
    pub(super) shared: Arc<Shared>,
    /// None: it is to be opened again.
    pub(super) disk: Option<Disk>,
    standing: Batch,
    join: Join,
    /// The next look at what can be joined.
    join_at: Instant,
    pause: Duration,
    look: Instant,
    said: Said,
}

impl Writer {
    /// Of a store that was opened, or could not be yet.
    pub fn new(
        settings: Settings,
        shared: Arc<Shared>,
        disk: Option<Disk>,
        standing: Batch,
    ) -> Self {
        let mut writer = Self {
            settings,
            shared,
            disk: None,
            standing,
            join: Join::nothing(),
            join_at: Instant::now(),
            pause: FIRST_PAUSE,
            look: Instant::now(),
            said: Said::default(),
        };
        writer.disk = disk.map(|disk| writer.opened(disk));
        writer
    }

    /// The same with a way to join old blocks.
    pub fn joining(mut self, join: Join) -> Self {
        self.join = join;
        self
    }

    /// Writes until it is to stop and nothing waits, or it cannot be written.
    pub fn run(mut self) {
        loop {
            let next = self.shared.wait(self.look);
            if let Some(damage) = next.damage {
                self.begin_anew(damage);
            }
            if let Some(limits) = next.limits {
                self.limit(limits);
            }
            let is_written = !next.is_waiting || self.flush();
            if next.is_stopping {
                break;
            }
            if !is_written {
                let again = Instant::now() + self.pause;
                self.pause = LONGEST_PAUSE.min(self.pause * 2);
                if self.shared.rest(again) {
                    self.flush();
                    break;
                }
            } else if Instant::now() >= self.look {
                self.retain();
                self.coarsen();
            }
        }
    }

    fn limit(&mut self, limits: Limits) {
        self.settings.keep_s = limits.keep_s;
        self.settings.seconds_s = limits.seconds_s;
        self.settings.max_bytes = limits.max_bytes;
        (self.look, self.join_at) = (Instant::now(), Instant::now());
    }

    /// Writes all that waits; tells whether it could.
    pub(super) fn flush(&mut self) -> bool {
        let batch = self.shared.take();
        let begin = Instant::now();
        let written = match self.write(&batch) {
            // Another one is begun at once, with what it needs of the old one.
            Err(damage) if damage.is_damage() => {
                self.begin_anew(damage);
                self.write(&batch)
            }
            Err(gone) if gone.problem == Problem::Gone => {
                self.say_trouble(&gone);
                self.close();
                self.write(&batch)
            }
            written => written,
        };
        match written {
            Ok(()) => {
                self.standing.remember(&batch);
                self.written(begin.elapsed());
                true
            }
            Err(trouble) => {
                self.shared.put_back(batch);
                self.degraded(&trouble);
                // Otherwise it is still the same file, and nobody else may take it meanwhile.
                if !matches!(trouble.problem, Problem::Full | Problem::Busy) {
                    self.close();
                }
                false
            }
        }
    }

    fn write(&mut self, batch: &Batch) -> Result<(), CannotStore> {
        let mut disk = match self.disk.take() {
            Some(disk) => disk,
            None => self.opened(Disk::open(&self.settings, true)?),
        };
        let written = if disk.is_new {
            let mut all = self.standing.clone();
            all.append(batch.clone());
            disk.write(&all)
        } else {
            disk.write(batch)
        };
        if disk.is_new && written.is_ok() {
            disk.is_new = false;
            self.shared.note(|status| status.begun += 1);
        }
        self.disk = Some(disk);
        written
    }

    /// Opening it again tells whether it is still the same file, and whole.
    fn close(&mut self) {
        if let Some(disk) = self.disk.take() {
            disk.abandon();
        }
    }

    /// Moves a damaged store out of the way; the next write makes another one.
    fn begin_anew(&mut self, damage: CannotStore) {
        let Some(disk) = self.disk.take() else {
            return;
        };
        match disk.set_aside(damage) {
            Ok(aside) => self.moved(&aside),
            Err(trouble) => self.say_trouble(&trouble),
        }
    }

    /// Says what was there before, if that was of no use.
    fn opened(&mut self, mut disk: Disk) -> Disk {
        if let Some(aside) = disk.aside.take() {
            self.moved(&aside);
        }
        disk
    }

    fn moved(&mut self, Aside { kept, why }: &Aside) {
        aside!(
            "hapline: {why}. It was moved to {}, and a new one is begun: history before now is not in it",
            kept.display()
        );
        self.shared.note(|status| {
            status.set_aside += 1;
            status.aside = Some(kept.clone());
        });
    }

    fn written(&mut self, took: Duration) {
        if self.measure() > self.settings.max_bytes {
            self.look = Instant::now();
        }
        let was_degraded = self.shared.status().degraded;
        self.shared.note(|status| {
            status.degraded = None;
            status.last_written = Some(now_ms());
            status.last_write_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
            status.writes += 1;
        });
        self.shared.done();
        if let Some(degraded) = was_degraded {
            self.pause = FIRST_PAUSE;
            let status = self.shared.status();
            let seconds = (now_ms() - degraded.since) / 1000;
            aside!(
                "hapline: store {}: written again after {seconds} s; blocks that were lost meanwhile and before: {}",
                status.path.display(),
                status.lost_blocks
            );
        }
    }

    /// Notes how large it is, and gives it: bytes without the log.
    fn measure(&mut self) -> u64 {
        let (file, log) = (
            place::length(&self.settings.path),
            place::log(&self.settings.path),
        );
        self.shared.note(|status| {
            status.size_bytes = file + log;
            status.log_bytes = log;
        });
        if log > MUCH_LOG {
            self.said.say(
                "log",
                format_args!(
                    "store {}: its log has {log} bytes, because somebody has been reading from it all the time",
                    self.settings.path.display()
                ),
            );
        }
        file
    }

    fn degraded(&mut self, trouble: &CannotStore) {
        self.shared.note(|status| {
            status.failures += 1;
            let since = status
                .degraded
                .as_ref()
                .map_or_else(now_ms, |before| before.since);
            status.degraded = Some(Degraded {
                reason: trouble.to_string(),
                hint: trouble.hint(),
                since,
            });
        });
        self.say_trouble(trouble);
    }

    fn say_trouble(&mut self, trouble: &CannotStore) {
        self.said.trouble(trouble, &self.shared.status());
    }

    /// One step; the next look is at once where there is more to do.
    pub(super) fn retain(&mut self) {
        self.look = Instant::now() + LOOK;
        let Some(disk) = &mut self.disk else {
            return;
        };
        let dropped = match disk.retain(&self.settings, now_ms()) {
            Ok(dropped) => dropped,
            Err(damage) if damage.is_damage() => return self.begin_anew(damage),
            Err(trouble) => return self.say_trouble(&trouble),
        };
        if dropped.is_more {
            self.look = Instant::now();
        }
        self.measure();
        self.shared.note(|status| {
            status.dropped_for_age += dropped.for_age;
            status.dropped_for_size += dropped.for_size;
        });
        if dropped.for_size > 0 {
            let status = self.shared.status();
            self.said.say(
                "size",
                format_args!(
                    "store {}: the oldest {} blocks and incidents were dropped since the start to stay within {} bytes",
                    status.path.display(),
                    status.dropped_for_size,
                    self.settings.max_bytes
                ),
            );
        }
    }
}

impl Writer {
    /// One step; the next look is at once where there is more to do.
    fn coarsen(&mut self) {
        if Instant::now() < self.join_at {
            return;
        }
        self.join_at = Instant::now() + JOIN;
        let Some(disk) = &mut self.disk else {
            return;
        };
        match disk.coarsen(&self.settings, now_ms(), &self.join) {
            Ok(0) => {}
            Ok(joined) => {
                (self.look, self.join_at) = (Instant::now(), Instant::now());
                self.shared.note(|status| status.joined += joined);
            }
            Err(damage) if damage.is_damage() => self.begin_anew(damage),
            Err(trouble) => self.say_trouble(&trouble),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Whoever waits for it must not wait for ever.
        self.shared.done();
    }
}

/// Now, ms since 1970 UTC.
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
