//! A connection whose peer may not take forever to ask.
//!
//! actix-http limits the head of the first request of a connection and the pause between two, not a later head that
//! trickles in: one byte a second would hold a connection for ever (attacks J06).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// A stream that fails when a request that has begun is not answered within `limit`.
pub(super) struct Patient<T> {
    stream: T,
    limit: Duration,
    /// When the first byte came that nothing has been written for.
    asking_since: Option<Instant>,
    alarm: Pin<Box<Sleep>>,
}

impl<T> Patient<T> {
    pub(super) fn new(stream: T, limit: Duration) -> Self {
        Self { stream, limit, asking_since: None, alarm: Box::pin(sleep_until(Instant::now() + limit)) }
    }

    /// Fails when the time is over; otherwise wakes the task when it will be. The alarm is set once and moved only
    /// when it goes off, which is cheaper than to move it with every request.
    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        while self.alarm.as_mut().poll(cx).is_ready() {
            let now = Instant::now();
            let end = self.asking_since.map_or(now, |since| since) + self.limit;
            if self.asking_since.is_some() && end <= now {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.alarm.as_mut().reset(end);
        }
        Ok(())
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Patient<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        let before = buf.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, buf));
        if buf.filled().len() > before && self.asking_since.is_none() {
            self.asking_since = Some(Instant::now());
        }
        Poll::Ready(read)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Patient<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes));
        self.asking_since = None;
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(55);

    #[tokio::test(start_paused = true)]
    async fn j06_a_request_that_trickles_in_is_cut_off() {
        let (mut peer, stream) = duplex(64);
        let mut patient = Patient::new(stream, LIMIT);
        // A first request, answered; an idle hour; then a byte a second.
        peer.write_all(b"first").await.unwrap();
        patient.read_exact(&mut [0; 5]).await.unwrap();
        patient.write_all(b"answer").await.unwrap();
        let idle = tokio::time::timeout(Duration::from_hours(1), patient.read_u8()).await;
        assert!(idle.is_err(), "an idle connection is the keep-alive's affair");

        let began = Instant::now();
        let trickle = tokio::spawn(async move {
            while peer.write_u8(b'a').await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let error = loop {
            match patient.read_u8().await {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let took = began.elapsed();
        assert!(took >= LIMIT && took <= LIMIT * 2, "{took:?}");
        drop(patient);
        trickle.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_is_answered_goes_on_for_ever() {
        let (mut peer, stream) = duplex(64);
        let mut patient = Patient::new(stream, LIMIT);
        for _ in 0..100 {
            peer.write_u8(b'?').await.unwrap();
            assert_eq!(patient.read_u8().await.unwrap(), b'?');
            tokio::time::sleep(LIMIT / 2).await;
            patient.write_u8(b'!').await.unwrap();
            assert_eq!(peer.read_u8().await.unwrap(), b'!');
        }
    }
}
