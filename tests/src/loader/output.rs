//! What a process prints, line by line, without ever making it wait.

use std::{
    cell::{Cell, RefCell},
    io::{BufRead as _, BufReader, Read},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Instant,
};

use crate::patience::PATIENCE;

/// The lines of a stream, which a thread reads.
#[derive(Debug)]
pub struct Lines {
    coming: Receiver<String>,
    seen: RefCell<Vec<String>>,
    looked_at: Cell<usize>,
}

impl Lines {
    /// Starts to read.
    pub fn of(stream: impl Read + Send + 'static) -> Self {
        let (sender, coming) = mpsc::channel();
        thread::spawn(move || {
            let lines = BufReader::new(stream).split(b'\n').map_while(Result::ok);
            let texts = lines.map(|line| String::from_utf8_lossy(&line).into_owned());
            // Nobody wants them any more: then they are not read.
            texts.map_while(|line| sender.send(line).ok()).for_each(drop);
        });
        Self { coming, seen: RefCell::default(), looked_at: Cell::default() }
    }

    /// The next line that holds `text`; `None` if the stream ends or nothing comes any more.
    pub fn wait_for(&self, text: &str) -> Option<String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let seen = self.seen.borrow().get(self.looked_at.get()).cloned();
            if let Some(line) = seen {
                self.looked_at.update(|index| index + 1);
                if line.contains(text) {
                    return Some(line);
                }
            } else {
                let left = end.saturating_duration_since(Instant::now());
                let line = self.coming.recv_timeout(left).ok()?;
                self.seen.borrow_mut().push(line);
            }
        }
    }

    /// All lines so far.
    pub fn all(&self) -> Vec<String> {
        self.seen.borrow_mut().extend(self.coming.try_iter());
        self.seen.borrow().clone()
    }

    /// All lines, when the stream has ended.
    pub fn to_the_end(&self) -> Vec<String> {
        loop {
            match self.coming.recv_timeout(PATIENCE) {
                Ok(line) => self.seen.borrow_mut().push(line),
                Err(RecvTimeoutError::Disconnected) => return self.all(),
                Err(RecvTimeoutError::Timeout) => {
                    panic!("it does not end:\n{}", self.all().join("\n"))
                }
            }
        }
    }
}
