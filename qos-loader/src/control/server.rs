//! The loader's end: it takes questions from whoever may ask, for the loader's loop to answer.
//! Nothing that a client does or leaves undone keeps the loop from its work.

use std::{
    process,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use nix::unistd::geteuid;
use serde::Serialize;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{UnixListener, UnixStream},
    sync::{
        Semaphore,
        mpsc::{self, Receiver, Sender},
        oneshot,
    },
    time::{sleep, timeout},
};
use tracing::warn;

use super::{PATIENCE, PREFIX, Question};
use crate::error::{Error, Result};

/// How many are served at a time; more are turned away.
const CLIENTS: usize = 8;

/// More bytes than any question has.
const LONGEST: u64 = 256;

/// Listens as long as the runtime lives.
#[derive(Debug)]
pub struct Server {
    requests: Receiver<Request>,
}

/// A question, and who waits for its answer.
#[derive(Debug)]
pub struct Request {
    /// What is asked.
    pub question: Question,
    reply: oneshot::Sender<Vec<u8>>,
}

impl Server {
    /// Listens from now on; needs a tokio runtime.
    pub fn listen() -> Result<Self> {
        let failed = |error: anyhow::Error| Error::runtime(error).context("listening for commands");
        // Two processes of one PID can share a network namespace, and nobody shall take the name
        // before its loader does.
        let now =
            SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| failed(error.into()))?;
        let name = format!("\0{PREFIX}{}/{}", process::id(), now.as_nanos());
        let listener = UnixListener::bind(name).map_err(|error| failed(error.into()))?;
        let (sender, requests) = mpsc::channel(CLIENTS);
        tokio::spawn(accept(listener, sender));
        Ok(Self { requests })
    }

    /// Waits for the next question. May be dropped and called again.
    pub async fn asked(&mut self) -> Option<Request> {
        self.requests.recv().await
    }
}

impl Request {
    /// Sends `answer` to who asked, if somebody still waits for it. Returns at once.
    pub fn answer(self, answer: &impl Serialize) {
        match serde_json::to_vec(answer) {
            Ok(document) => self.reply.send(document).unwrap_or_default(),
            Err(error) => warn!("a command gets no answer: {error}"),
        }
    }
}

async fn accept(listener: UnixListener, requests: Sender<Request>) {
    let places = Arc::new(Semaphore::new(CLIENTS));
    loop {
        let client = match listener.accept().await {
            Ok((client, _)) => client,
            Err(error) => {
                warn!("a command can't be answered: {error}");
                // It may stay so for a while.
                sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        let place = Arc::clone(&places).try_acquire_owned();
        if let (true, Ok(place)) = (may_ask(&client), place) {
            let requests = requests.clone();
            tokio::spawn(async move {
                // Who does not ask, or does not listen, has no answer then.
                timeout(PATIENCE, converse(client, &requests)).await.ok();
                drop(place);
            });
        }
    }
}

/// Whether it is root or our own user.
fn may_ask(client: &UnixStream) -> bool {
    let own = geteuid().as_raw();
    client.peer_cred().is_ok_and(|peer| [0, own].contains(&peer.uid()))
}

/// Reads one question and writes its answer; none if the client or the loop has gone meanwhile.
async fn converse(mut client: UnixStream, requests: &Sender<Request>) -> Option<()> {
    let mut line = String::new();
    BufReader::new((&mut client).take(LONGEST)).read_line(&mut line).await.ok()?;
    let question = serde_json::from_str(&line).ok()?;
    let (reply, answer) = oneshot::channel();
    requests.send(Request { question, reply }).await.ok()?;
    client.write_all(&answer.await.ok()?).await.ok()
}
