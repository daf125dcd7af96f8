//! A web server that does as little as one can.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use qos_tests::netns::NEAR_V4;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nthe answer is";

/// One that serves, a thread a connection, as long as the process lives.
pub(super) struct Server {
    address: SocketAddr,
    answers: Arc<AtomicU64>,
}

impl Server {
    /// Starts it in the thread's network namespace, on its CPU.
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind((NEAR_V4, 0))?;
        let address = listener.local_addr()?;
        let answers = Arc::<AtomicU64>::default();
        let counted = Arc::clone(&answers);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let counted = Arc::clone(&counted);
                thread::spawn(move || serve(client, &counted));
            }
        });
        Ok(Self { address, answers })
    }

    pub(super) const fn port(&self) -> u16 {
        self.address.port()
    }

    /// Answers a second from now on, for so long.
    #[expect(clippy::cast_precision_loss, reason = "there are fewer answers")]
    pub(super) fn rate(&self, time: Duration) -> f64 {
        let answers = || self.answers.load(Ordering::Relaxed);
        let (start, before) = (Instant::now(), answers());
        thread::sleep(time);
        (answers() - before) as f64 / start.elapsed().as_secs_f64()
    }
}

/// Answers requests, each of which is in a segment, until the client goes.
fn serve(mut client: TcpStream, answers: &AtomicU64) {
    let mut request = [0; 4_096];
    while client.read(&mut request).is_ok_and(|length| length > 0) {
        if client.write_all(ANSWER).is_err() {
            return;
        }
        answers.fetch_add(1, Ordering::Relaxed);
    }
}
