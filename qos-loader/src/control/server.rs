//! The loader's end: it takes questions from whoever may ask, for the loader's loop to answer.
//! Nothing that a client does or leaves undone keeps the loop from its work.

use std::{
    io, process,
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
        broadcast::{self, error::RecvError},
        mpsc::{self, Receiver, Sender},
        oneshot,
    },
    time::{sleep, timeout},
};
use tracing::warn;

use super::{PATIENCE, PREFIX, Question, watched::Line};
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
    reply: oneshot::Sender<Answer>,
}

/// What who asked is sent.
#[derive(Debug)]
enum Answer {
    /// One document.
    Document(Vec<u8>),
    /// Lines, as long as both are there.
    Lines(broadcast::Receiver<Arc<Line>>),
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
            Ok(document) => self.send(Answer::Document(document)),
            Err(error) => warn!("a command gets no answer: {error}"),
        }
    }

    /// Sends who asked all `lines` from now on, until it does not listen any more. Returns at once.
    pub fn follow(self, lines: broadcast::Receiver<Arc<Line>>) {
        self.send(Answer::Lines(lines));
    }

    fn send(self, answer: Answer) {
        self.reply.send(answer).ok();
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
                let mut client = BufReader::new(client);
                // Who does not ask, or does not listen, has no answer then.
                let lines = timeout(PATIENCE, converse(&mut client, &requests)).await;
                // Who watches must not keep others from asking.
                drop(place);
                if let Ok(Some(Some(lines))) = lines {
                    follow(&mut client, lines).await.ok();
                }
            });
        }
    }
}

/// Whether it is root or our own user.
fn may_ask(client: &UnixStream) -> bool {
    let own = geteuid().as_raw();
    client.peer_cred().is_ok_and(|peer| [0, own].contains(&peer.uid()))
}

/// Reads one question and writes its answer, or returns the lines that are the answer; none if the client
/// or the loop has gone meanwhile.
async fn converse(
    client: &mut BufReader<UnixStream>,
    requests: &Sender<Request>,
) -> Option<Option<broadcast::Receiver<Arc<Line>>>> {
    let mut line = String::new();
    client.take(LONGEST).read_line(&mut line).await.ok()?;
    let question = serde_json::from_str(&line).ok()?;
    let (reply, answer) = oneshot::channel();
    requests.send(Request { question, reply }).await.ok()?;
    match answer.await.ok()? {
        Answer::Document(document) => {
            client.write_all(&document).await.ok()?;
            Some(None)
        }
        Answer::Lines(lines) => {
            write(client, &Line::Watching).await.ok()?;
            Some(Some(lines))
        }
    }
}

/// Writes all `lines`, until the client has gone or reads nothing for a while.
async fn follow(
    client: &mut BufReader<UnixStream>,
    mut lines: broadcast::Receiver<Arc<Line>>,
) -> io::Result<()> {
    loop {
        let line = tokio::select! {
            // It has nothing more to say.
            _ = client.read_u8() => return Ok(()),
            line = lines.recv() => match line {
                Ok(line) => line,
                Err(RecvError::Lagged(lost)) => Arc::new(Line::Lost(lost)),
                Err(RecvError::Closed) => return Ok(()),
            },
        };
        timeout(PATIENCE, write(client, &line)).await??;
    }
}

async fn write(client: &mut BufReader<UnixStream>, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    client.write_all(&text).await
}
