//! A service: the loader in a mount namespace of its own, where the test plays the journal.

use std::{collections::BTreeMap, fs, io, os::unix::net::UnixDatagram, process::Command};

use qos_tests::{
    loader::{self, Loader},
    netns::NEAR,
    patience::PATIENCE,
};
use tempfile::TempDir;

/// A packet to port 5000 can match both.
pub(super) const POLICIES: &str = "[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = 46\n\
                                   [[policy]]\nname = \"q\"\ndestination-port = 5000\ndscp = 10\n";
/// `JOURNAL_STREAM` names the file `$1`, and the journal's socket is the one in the folder `$2`. The
/// mounts go with the process.
const SCRIPT: &str = "export JOURNAL_STREAM=$(stat --dereference --format=%d:%i $1) && \
                      mount -t tmpfs none /run && mkdir -p /run/systemd/journal && \
                      mount --bind $2 /run/systemd/journal && shift 2 && exec \"$@\"";

/// The fields of an entry.
pub(super) type Entry = BTreeMap<String, String>;

/// What listens in the journal's place.
pub(super) struct Journal {
    folder: TempDir,
    socket: UnixDatagram,
}

impl Journal {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = UnixDatagram::bind(folder.path().join("socket")).unwrap();
        // Far longer than anything takes here.
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { folder, socket }
    }

    /// Has no journal listen any more.
    pub(super) fn remove(&self) {
        fs::remove_file(self.folder.path().join("socket")).unwrap();
    }

    /// Starts the loader beside the journal, with a `JOURNAL_STREAM` that names `stream`.
    pub(super) fn start(&self, stream: &str, arguments: &[&str]) -> Loader {
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", SCRIPT, "sh", stream]);
        command.arg(self.folder.path()).arg(loader::program());
        Loader::start_by(command, &[&["-i", NEAR], arguments].concat(), POLICIES)
    }

    /// The next entry that says `text`.
    pub(super) fn wait_for(&self, text: &str) -> Entry {
        loop {
            let entry = self.receive().unwrap_or_else(|error| panic!("no {text:?}: {error}"));
            if entry.get("MESSAGE").is_some_and(|message| message.contains(text)) {
                return entry;
            }
        }
    }

    /// The next entry of this event. Its number is in the message, which is all that most readers
    /// see, and in a field.
    pub(super) fn wait_for_event(&self, number: u16) -> Entry {
        let entry = self.wait_for(&format!("event={number}"));
        assert_eq!(entry["QOS_EVENT"], number.to_string(), "{entry:?}");
        assert_eq!(entry["SYSLOG_IDENTIFIER"], "qos-loader", "{entry:?}");
        entry
    }

    fn receive(&self) -> io::Result<Entry> {
        let mut datagram = vec![0; 1 << 18];
        let length = self.socket.recv(&mut datagram)?;
        Ok(fields(&datagram[..length]))
    }

    /// Nothing came. Call it once the loader has ended.
    pub(super) fn assert_no_entry(&self) {
        self.socket.set_nonblocking(true).unwrap();
        loop {
            match self.receive() {
                // An empty datagram only asks whether there is a journal.
                Ok(entry) => assert!(entry.is_empty(), "{entry:?}"),
                Err(error) => break assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
            }
        }
    }
}

/// Reads a datagram: lines `NAME=value`, or `NAME`, the value's length and the value, which may
/// hold anything.
fn fields(mut datagram: &[u8]) -> Entry {
    let mut fields = Entry::new();
    while let Some(end) = datagram.iter().position(|byte| *byte == b'\n') {
        let line = str::from_utf8(&datagram[..end]).unwrap();
        datagram = &datagram[end + 1..];
        let (name, value) = line.split_once('=').unwrap_or_else(|| {
            let (length, rest) = datagram.split_first_chunk().unwrap();
            let length = usize::try_from(u64::from_le_bytes(*length)).unwrap();
            let (value, rest) = rest.split_at(length);
            datagram = rest.strip_prefix(b"\n").unwrap();
            (line, str::from_utf8(value).unwrap())
        });
        let again = fields.insert(name.to_owned(), value.to_owned());
        assert_eq!(again, None, "{name} is there twice");
    }
    assert_eq!(datagram, b"", "behind the last field");
    fields
}
