//! The one thread that writes.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hub_core::audit::{AuditError, AuditEvent, AuditKind, AuditReceipt};
use hub_core::ports::Clock;
use tokio::sync::{mpsc, oneshot};

use crate::file::{LogFile, LogStorage};
use crate::record::{Head, MAX_LINE};
use crate::recover::{self, Recovered};
use crate::scan::MAX_BATCH_BYTES;

type Answer<T> = oneshot::Sender<Result<T, AuditError>>;

/// What the writer is asked.
pub(crate) enum Message {
    /// Record this.
    Record { event: Box<AuditEvent>, answer: Answer<AuditReceipt> },
    /// Say whether the log works; try to mend it if not.
    Health(Answer<()>),
    /// Write what came before, and end.
    Close(Answer<()>),
}

/// The writer.
pub(crate) struct Writer {
    storage: Box<dyn LogStorage>,
    /// The open file; none after a failure.
    file: Option<Box<dyn LogFile>>,
    /// The end of what is durable.
    head: Head,
    /// How many bytes of the file are durable records.
    length: u64,
    clock: Arc<dyn Clock>,
    /// After a failure: when to try again, on the clock that never goes back.
    retry_at: Duration,
}

impl Writer {
    pub(crate) fn new(storage: Box<dyn LogStorage>, recovered: Recovered, clock: Arc<dyn Clock>) -> Self {
        let Recovered { file, head, length, .. } = recovered;
        Self { storage, file: Some(file), head, length, clock, retry_at: Duration::ZERO }
    }

    /// Serves until it is told to close, or nobody can ask any more.
    pub(crate) fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        while let Some(first) = messages.blocking_recv() {
            let mut batch = Batch::starting_at(self.head);
            batch.take(first);
            while batch.has_room() {
                let Ok(next) = messages.try_recv() else { break };
                batch.take(next);
            }
            if self.commit(batch) == Next::Stop {
                return;
            }
        }
    }

    /// Makes the batch durable, then answers; or answers that it is not.
    fn commit(&mut self, mut batch: Batch) -> Next {
        let outcome = self.mend().and_then(|mended| {
            if mended {
                batch.start_again_at(self.head);
            }
            self.write(&batch.lines)
        });
        if let Err(error) = outcome {
            self.give_up(&error);
            return batch.answer(Err(AuditError::NotWritable));
        }
        self.head = batch.head;
        self.length += batch.lines.len() as u64;
        if batch.next == Next::Stop {
            // Before the answer: whoever hears that the log is closed may open it.
            self.file = None;
        }
        batch.answer(Ok(()))
    }

    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        let Some(file) = self.file.as_mut().filter(|_| !lines.is_empty()) else {
            return Ok(());
        };
        file.append(lines)?;
        file.sync()
    }

    /// After a failure, opens the file again and cuts off what did not become durable; says whether it did that.
    ///
    /// A sync that failed may have dropped the bytes it was for (fsync(2)): they are cut off and never synced again.
    fn mend(&mut self) -> io::Result<bool> {
        if self.file.is_some() {
            return Ok(false);
        }
        if self.clock.elapsed() < self.retry_at {
            return Err(io::Error::other("tried a moment ago"));
        }
        let mut file = self.storage.open().map_err(io::Error::other)?;
        let found = file.length()?;
        let Some(cut_bytes) = found.checked_sub(self.length) else {
            return Err(io::Error::other("the audit log has lost durable records"));
        };
        recover::cut(&mut *file, &*self.clock, cut_bytes, &mut self.head, &mut self.length)?;
        tracing::info!(index = self.head.next_index, "audit log works again");
        self.file = Some(file);
        Ok(true)
    }

    fn give_up(&mut self, error: &io::Error) {
        let was_open = self.file.take().is_some();
        let now = self.clock.elapsed();
        if was_open || now >= self.retry_at {
            tracing::error!(%error, index = self.head.next_index, "audit log cannot be written; no token is issued");
            self.retry_at = now.saturating_add(RETRY_EVERY);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    GoOn,
    Stop,
}

/// What is written with one sync.
struct Batch {
    events: Vec<(Box<AuditEvent>, Answer<AuditReceipt>)>,
    receipts: Vec<Result<AuditReceipt, AuditError>>,
    lines: Vec<u8>,
    head: Head,
    asking: Vec<Answer<()>>,
    next: Next,
}

impl Batch {
    fn starting_at(head: Head) -> Self {
        Self { events: Vec::new(), receipts: Vec::new(), lines: Vec::new(), head, asking: Vec::new(), next: Next::GoOn }
    }

    fn has_room(&self) -> bool {
        self.next == Next::GoOn && self.lines.len() + 2 * MAX_LINE < MAX_BATCH_BYTES
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Record { event, answer } => {
                let receipt = self.append(&event);
                self.receipts.push(receipt);
                self.events.push((event, answer));
            }
            Message::Health(answer) => self.asking.push(answer),
            Message::Close(answer) => {
                self.asking.push(answer);
                self.next = Next::Stop;
            }
        }
    }

    /// The same events, behind another end.
    fn start_again_at(&mut self, head: Head) {
        self.head = head;
        self.lines.clear();
        let events = std::mem::take(&mut self.events);
        self.receipts = events.iter().map(|(event, _)| self.append(event)).collect();
        self.events = events;
    }

    fn append(&mut self, event: &AuditEvent) -> Result<AuditReceipt, AuditError> {
        let back = self.head.time.map_or(0, |last| last.since(event.at));
        if back > CLOCK_SLACK {
            let kind = AuditKind::ClockWentBack { seconds: back };
            // Nobody waits for this one: it stands before the event that showed it.
            let _ = self.append_one(&AuditEvent::new(event.at, kind, AuditEvent::OK))?;
        }
        self.append_one(event)
    }

    fn append_one(&mut self, event: &AuditEvent) -> Result<AuditReceipt, AuditError> {
        let index = self.head.next_index;
        let hash = self.head.append(event, &mut self.lines).map_err(|_| AuditError::NotWritable)?;
        Ok(AuditReceipt { index, hash })
    }

    fn answer(self, outcome: Result<(), AuditError>) -> Next {
        // Whoever no longer waits for an answer does not get one.
        for ((_, answer), receipt) in self.events.into_iter().zip(self.receipts) {
            let _ = answer.send(outcome.and(receipt));
        }
        for answer in self.asking {
            let _ = answer.send(outcome);
        }
        self.next
    }
}

/// After a failure: how often the file is tried.
const RETRY_EVERY: Duration = Duration::from_secs(1);
/// Replicas of one clock, and leap seconds, differ by less.
const CLOCK_SLACK: i64 = 60;
