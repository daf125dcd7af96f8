//! A loader that runs, and a connection to it.

use std::{io, time::Duration};

use anyhow::anyhow;
use futures_util::stream::{Stream, try_unfold};
use nix::unistd::geteuid;
use serde::de::DeserializeOwned;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::UnixStream,
    time::{sleep, timeout},
};
use tracing::warn;

use crate::{
    control::{PATIENCE, Question, watched::Line},
    error::{Error, Result},
};

/// A connection.
pub(super) struct Loader {
    name: String,
    stream: BufReader<UnixStream>,
    /// The user that it runs as.
    user: u32,
}

impl Loader {
    /// To the one at `name`; none if there is none.
    pub(super) async fn connect(name: &str) -> Result<Option<Self>> {
        let stream = match timeout(PATIENCE, connect(name)).await.map_err(|_| silent(name))? {
            Ok(stream) => stream,
            // It has just ended.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => return Ok(None),
            Err(error) => {
                warn!("the socket @{name} is passed over: {error}");
                return Ok(None);
            }
        };
        let (own, user) = (geteuid().as_raw(), stream.peer_cred().map_err(Error::runtime)?.uid());
        if ![0, own].contains(&user) {
            warn!(
                "the socket @{name} is passed over: it is of user {user}, neither root's nor ours"
            );
            return Ok(None);
        }
        Ok(Some(Self { name: name.to_owned(), stream: BufReader::new(stream), user }))
    }

    /// Its answer, one document.
    pub(super) async fn ask<T: DeserializeOwned>(mut self, question: Question) -> Result<T> {
        self.say(question).await?;
        let mut answer = Vec::new();
        let read = timeout(PATIENCE, self.stream.read_to_end(&mut answer)).await;
        unless_reset(read.map_err(|_| silent(&self.name))?).map_err(|error| self.failed(error))?;
        if answer.is_empty() {
            return Err(self.refused());
        }
        serde_json::from_slice(&answer).map_err(|error| self.failed(error))
    }

    /// Its lines, from when it has begun to tell until it ends.
    pub(super) async fn watch(mut self) -> Result<impl Stream<Item = Result<Line>>> {
        self.say(Question::Watch).await?;
        let first = timeout(PATIENCE, self.line()).await.map_err(|_| silent(&self.name))??;
        if first.is_none() {
            return Err(self.refused());
        }
        Ok(try_unfold(self, async |mut loader| Ok(loader.line().await?.map(|line| (line, loader)))))
    }

    async fn say(&mut self, question: Question) -> Result<()> {
        let mut question = serde_json::to_vec(&question).map_err(Error::runtime)?;
        question.push(b'\n');
        // Who is turned away finds it closed at once.
        let said = timeout(PATIENCE, self.stream.write_all(&question)).await;
        said.map_err(|_| silent(&self.name))?.ok();
        Ok(())
    }

    async fn line(&mut self) -> Result<Option<Line>> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await;
        unless_reset(read).map_err(|error| self.failed(error))?;
        if line.is_empty() {
            return Ok(None);
        }
        serde_json::from_str(&line).map(Some).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: impl Into<anyhow::Error>) -> Error {
        Error::runtime(error).context(format!("asking the loader at @{}", self.name))
    }

    /// It closed the connection.
    fn refused(&self) -> Error {
        if [0, self.user].contains(&geteuid().as_raw()) {
            return self.failed(anyhow!("it closed the connection"));
        }
        Error::unsupported("a loader runs, and answers only root and its own user")
            .hinted("run it as root: sudo qos-loader …")
    }
}

fn silent(name: &str) -> Error {
    Error::runtime(anyhow!("the loader at @{name} does not answer"))
}

/// A connection that is reset has ended.
fn unless_reset(read: io::Result<usize>) -> io::Result<()> {
    match read {
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => Err(error),
        _ => Ok(()),
    }
}

/// Waits while too many others do.
async fn connect(name: &str) -> io::Result<UnixStream> {
    loop {
        match UnixStream::connect(format!("\0{name}")).await {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                sleep(Duration::from_millis(10)).await;
            }
            connected => return connected,
        }
    }
}
