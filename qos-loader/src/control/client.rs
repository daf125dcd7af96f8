//! The commands' end: finds the loaders of the network namespace and asks them.

use std::{fs, io, time::Duration};

use anyhow::anyhow;
use nix::unistd::geteuid;
use serde::de::DeserializeOwned;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
    time::{sleep, timeout},
};
use tracing::warn;

use super::{Counted, Learned, PATIENCE, PREFIX, Question, Running};
use crate::error::{Error, Result};

/// All Unix sockets of the thread's network namespace.
const SOCKETS: &str = "/proc/thread-self/net/unix";

/// The flag of a socket that listens (`__SO_ACCEPTCON` of Linux's `net.h`).
const LISTENS: u32 = 1 << 16;

/// What each loader of the thread's network namespace does; needs a tokio runtime. Fails if one
/// does not answer us.
pub async fn running() -> Result<Vec<Running>> {
    let mut found: Vec<Running> = ask_all(Question::Running).await?;
    found.sort_by_key(|loader| loader.pid);
    Ok(found)
}

/// What each of them counted, likewise.
pub async fn counted() -> Result<Vec<Counted>> {
    let mut found: Vec<Counted> = ask_all(Question::Counted).await?;
    found.sort_by_key(|loader| loader.pid);
    Ok(found)
}

/// What each of them learned of hosts, likewise.
pub async fn learned() -> Result<Vec<Learned>> {
    let mut found: Vec<Learned> = ask_all(Question::Learned).await?;
    found.sort_by_key(|loader| loader.pid);
    Ok(found)
}

async fn ask_all<T: DeserializeOwned>(question: Question) -> Result<Vec<T>> {
    let sockets = fs::read(SOCKETS)
        .map_err(|error| Error::runtime(error).context(format!("reading {SOCKETS}")))?;
    let mut found = Vec::new();
    for name in names(&String::from_utf8_lossy(&sockets)) {
        found.extend(ask(name, question).await?);
    }
    Ok(found)
}

/// The names of the sockets on which loaders listen.
fn names(sockets: &str) -> impl Iterator<Item = &str> {
    sockets.lines().filter_map(|line| {
        // Num RefCount Protocol Flags Type St Inode Path, and an abstract name begins with `@`.
        let mut fields = line.split_ascii_whitespace();
        let flags = u32::from_str_radix(fields.nth(3)?, 16).ok()?;
        let name = fields.nth(3)?.strip_prefix('@')?;
        (flags & LISTENS != 0 && name.starts_with(PREFIX)).then_some(name)
    })
}

/// Asks the loader at `name`; none if there is no loader there.
async fn ask<T: DeserializeOwned>(name: &str, question: Question) -> Result<Option<T>> {
    let silent = |_| Error::runtime(anyhow!("the loader at @{name} does not answer"));
    let stream = match timeout(PATIENCE, connect(name)).await.map_err(silent)? {
        Ok(stream) => stream,
        // It has just ended.
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => return Ok(None),
        Err(error) => {
            warn!("the socket @{name} is passed over: {error}");
            return Ok(None);
        }
    };
    let (own, peer) = (geteuid().as_raw(), stream.peer_cred().map_err(Error::runtime)?.uid());
    if ![0, own].contains(&peer) {
        warn!("the socket @{name} is passed over: it is of user {peer}, neither root's nor ours");
        return Ok(None);
    }
    let answer = timeout(PATIENCE, converse(stream, question)).await.map_err(silent)?;
    let failed = |error: anyhow::Error| {
        Error::runtime(error).context(format!("asking the loader at @{name}"))
    };
    let answer = answer.map_err(|error| failed(error.into()))?;
    if answer.is_empty() {
        return Err(if [0, peer].contains(&own) {
            failed(anyhow!("it closed the connection"))
        } else {
            Error::unsupported("a loader runs, and answers only root and its own user")
                .hinted("run it as root: sudo qos-loader …")
        });
    }
    serde_json::from_slice(&answer).map(Some).map_err(|error| failed(error.into()))
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

async fn converse(mut stream: UnixStream, question: Question) -> io::Result<Vec<u8>> {
    let question = serde_json::to_string(&question)? + "\n";
    let mut answer = Vec::new();
    // Who is turned away finds it closed at once.
    stream.write_all(question.as_bytes()).await.ok();
    match stream.read_to_end(&mut answer).await {
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => Err(error),
        _ => Ok(answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kernel's own words, of a loader with a client and of other programs.
    #[test]
    fn only_sockets_on_which_loaders_listen_are_asked() {
        let sockets = "\
Num       RefCount Protocol Flags    Type St Inode Path
000000001: 00000002 00000000 00010000 0001 01 30541 @qos-loader/812/1763000000123456789
000000002: 00000003 00000000 00000000 0001 03 30733 @qos-loader/812/1763000000123456789
000000003: 00000003 00000000 00000000 0001 03 30732
000000004: 00000002 00000000 00010000 0001 01 30001 /run/qos-loader/5/5
000000005: 00000002 00000000 00010000 0001 01 30002 @qos-loaders/5
000000006: 00000002 00000000 00010000 0005 01 30003 @qos-loader/5/5
";
        let found: Vec<&str> = names(sockets).collect();
        assert_eq!(found, ["qos-loader/812/1763000000123456789", "qos-loader/5/5"]);
    }
}
