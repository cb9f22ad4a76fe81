//! A connection's stream, which waits for its client only so long.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// For a whole request header.
const HEAD: Duration = Duration::from_secs(5);
/// For the next request. Longer than proxies keep a connection that they might use again.
const IDLE: Duration = Duration::from_secs(75);
/// For a client that takes nothing of an answer.
const WRITE: Duration = Duration::from_secs(10);
/// For what is still sent by a client that was answered already.
const LINGER: Duration = Duration::from_secs(2);

/// What a connection is doing. Its stream, its requests and the others that want its place look at
/// it.
#[derive(Debug)]
pub struct Activity(Mutex<State>);

#[derive(Clone, Copy, Debug)]
struct State {
    doing: Doing,
    since: Instant,
    /// The client sends what nobody will read.
    unread: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// Nothing of a request has come.
    Idle,
    /// The head of a request comes in; a new connection owes one.
    Head,
    Body,
    Answering,
}

impl Activity {
    pub fn new() -> Activity {
        Activity(Mutex::new(State {
            doing: Doing::Head,
            since: Instant::now(),
            unread: false,
        }))
    }

    pub fn receiving_body(&self) {
        self.now(Doing::Body);
    }

    pub fn answering(&self) {
        self.now(Doing::Answering);
    }

    pub fn idle(&self) {
        self.now(Doing::Idle);
    }

    /// Whether more may come of the client than will be read.
    pub fn leaves_unread(&self, unread: bool) {
        self.state().unread = unread;
    }

    pub fn has_unread(&self) -> bool {
        self.state().unread
    }

    /// Since when the connection waits for its client; None while it is at work.
    pub fn waiting_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.doing != Doing::Answering).then_some(state.since)
    }

    fn now(&self, doing: Doing) {
        let mut state = self.state();
        state.doing = doing;
        state.since = Instant::now();
    }

    fn received(&self) {
        if self.state().doing == Doing::Idle {
            self.now(Doing::Head);
        }
    }

    /// Until when bytes must come.
    fn deadline(&self) -> Option<Instant> {
        let state = self.state();
        match state.doing {
            Doing::Idle => Some(state.since + IDLE),
            Doing::Head => Some(state.since + HEAD),
            // The request has a limit of its own.
            Doing::Body | Doing::Answering => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct Stream<S> {
    inner: S,
    activity: Arc<Activity>,
    reading: Pin<Box<Sleep>>,
    writing: Pin<Box<Sleep>>,
    /// When the client must have taken something, or come to its end.
    write_by: Option<Instant>,
}

impl<S> Stream<S> {
    pub fn new(inner: S, activity: Arc<Activity>) -> Stream<S> {
        Stream {
            inner,
            activity,
            reading: Box::pin(tokio::time::sleep(HEAD)),
            writing: Box::pin(tokio::time::sleep(WRITE)),
            write_by: None,
        }
    }

    fn written(
        &mut self,
        cx: &mut Context<'_>,
        outcome: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if outcome.is_ready() {
            self.write_by = None;
            return outcome;
        }
        let by = *self.write_by.get_or_insert_with(|| Instant::now() + WRITE);
        match is_past(&mut self.writing, by, cx) {
            true => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            false => Poll::Pending,
        }
    }
}

/// Whether it is later than this; if not, the task wakes up then.
fn is_past(sleep: &mut Pin<Box<Sleep>>, at: Instant, cx: &mut Context<'_>) -> bool {
    if Instant::now() >= at {
        return true;
    }
    if sleep.deadline() != at {
        sleep.as_mut().reset(at);
    }
    sleep.as_mut().poll(cx).is_ready()
}

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if outcome.is_ready() {
            if buffer.filled().len() > before {
                self.activity.received();
            }
            return outcome;
        }
        match self.activity.deadline() {
            Some(at) if is_past(&mut self.reading, at, cx) => {
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            _ => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.written(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.written(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    /// A stream that is closed over unread bytes is reset, and its client never sees the answer: for
    /// a while they are read and forgotten.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.inner).poll_shutdown(cx))?;
        if !self.activity.has_unread() {
            return Poll::Ready(Ok(()));
        }
        let this = &mut *self;
        let by = *this.write_by.get_or_insert_with(|| Instant::now() + LINGER);
        let mut waste = [0; 8 * 1024];
        while !is_past(&mut this.writing, by, cx) {
            let mut buffer = ReadBuf::new(&mut waste);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::time::timeout;

    use super::*;

    const MOMENT: Duration = Duration::from_millis(100);

    fn stream() -> (Stream<DuplexStream>, DuplexStream, Arc<Activity>) {
        let (server, client) = duplex(1024);
        let activity = Arc::new(Activity::new());
        (Stream::new(server, activity.clone()), client, activity)
    }

    /// How long a read takes until it is given up.
    async fn given_up_after(stream: &mut Stream<DuplexStream>) -> Duration {
        let started = Instant::now();
        let read = timeout(IDLE * 2, stream.read(&mut [0; 64])).await;
        assert_eq!(read.unwrap().unwrap_err().kind(), io::ErrorKind::TimedOut);
        started.elapsed()
    }

    fn about(wait: Duration, expected: Duration) -> bool {
        wait >= expected && wait < expected + MOMENT
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_must_come_whole_in_time_however_it_trickles() {
        let (mut stream, mut client, _) = stream();
        let started = Instant::now();
        let trickle = tokio::spawn(async move {
            while client.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let end = loop {
            match timeout(IDLE, stream.read(&mut [0; 64])).await.unwrap() {
                Ok(read) => assert_eq!(read, 1),
                Err(error) => break error,
            }
        };
        assert_eq!(end.kind(), io::ErrorKind::TimedOut);
        assert!(about(started.elapsed(), HEAD), "{:?}", started.elapsed());
        trickle.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_waits_longer_and_a_begun_request_doesnt() {
        let (mut stream, mut client, activity) = stream();
        activity.answering();
        let waits = timeout(IDLE * 2, stream.read(&mut [0; 64])).await;
        assert!(waits.is_err(), "at work there is no deadline");
        activity.idle();
        assert!(about(given_up_after(&mut stream).await, IDLE));
        activity.idle();
        client.write_all(b"GET ").await.unwrap();
        assert_eq!(stream.read(&mut [0; 64]).await.unwrap(), 4);
        assert!(about(given_up_after(&mut stream).await, HEAD));
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_of_an_answer_is_given_up() {
        let answer = [b'x'; 8 * 1024];
        let (mut silent, _client, _) = stream();
        let started = Instant::now();
        let error = silent.write_all(&answer).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(about(started.elapsed(), WRITE));

        let (mut slow, mut client, _) = stream();
        let reader = tokio::spawn(async move {
            let mut taken = 0;
            while taken < answer.len() {
                tokio::time::sleep(WRITE - MOMENT).await;
                taken += client.read(&mut [0; 1024]).await.unwrap();
            }
        });
        slow.write_all(&answer).await.unwrap();
        reader.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_sent_too_much_is_taken_for_a_while() {
        for (unread, wait) in [(false, Duration::ZERO), (true, LINGER)] {
            let (mut stream, mut client, activity) = stream();
            activity.leaves_unread(unread);
            let sender = tokio::spawn(async move {
                while client.write_all(&[0; 512]).await.is_ok() {
                    tokio::time::sleep(MOMENT / 2).await;
                }
            });
            let started = Instant::now();
            stream.shutdown().await.unwrap();
            assert!(about(started.elapsed(), wait), "{:?}", started.elapsed());
            sender.abort();
        }
        let (mut stream, client, activity) = stream();
        activity.leaves_unread(true);
        drop(client);
        let started = Instant::now();
        stream.shutdown().await.unwrap();
        assert!(about(started.elapsed(), Duration::ZERO), "nobody sends");
    }
}
