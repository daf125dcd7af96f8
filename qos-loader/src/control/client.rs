//! The commands' end: finds the loaders of the network namespace and asks them.

mod loader;

use std::fs;

use futures_util::stream::{Stream, select_all};
use serde::de::DeserializeOwned;

use super::{Counted, Learned, PREFIX, Question, Running, watched::Line};
use crate::error::{Error, Result};
use loader::Loader;

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

/// What each of them classifies from now on, in the order in which it comes, until all of them have ended; none
/// if nothing runs.
pub async fn watch() -> Result<Option<impl Stream<Item = Result<Line>>>> {
    let mut streams = Vec::new();
    for name in names(&sockets()?) {
        if let Some(loader) = Loader::connect(name).await? {
            streams.push(Box::pin(loader.watch().await?));
        }
    }
    Ok((!streams.is_empty()).then(|| select_all(streams)))
}

async fn ask_all<T: DeserializeOwned>(question: Question) -> Result<Vec<T>> {
    let mut found = Vec::new();
    for name in names(&sockets()?) {
        if let Some(loader) = Loader::connect(name).await? {
            found.push(loader.ask(question).await?);
        }
    }
    Ok(found)
}

/// What the kernel lists.
fn sockets() -> Result<String> {
    let sockets = fs::read(SOCKETS)
        .map_err(|error| Error::runtime(error).context(format!("reading {SOCKETS}")))?;
    Ok(String::from_utf8_lossy(&sockets).into_owned())
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
