//! Puts messages together that came over TCP (RFC 7766): each behind its length, of two bytes.

mod stream;

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use qos_common::name_message::PORT;

use super::packet::Ends;
use stream::Stream;

/// The most connections that are followed. Then the one goes that said nothing for the longest time.
const MOST: usize = 64;

/// How long a connection may say nothing.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a TCP packet carries, or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    /// The number of the data's first byte.
    pub(super) sequence: u32,
    /// Whether its stream begins with it.
    pub(super) begins: bool,
    pub(super) data: &'a [u8],
}

/// Connections to name servers.
#[derive(Debug, Default)]
pub(super) struct Streams {
    connections: HashMap<Ends, Connection>,
    given_up: u64,
}

/// What both ends say: none before they begin, or where that was not seen.
#[derive(Debug)]
struct Connection {
    question: Option<Stream>,
    answer: Option<Stream>,
    last: Instant,
}

impl Streams {
    /// The messages that end with a segment.
    pub(super) fn push(&mut self, ends: Ends, segment: Segment<'_>) -> Vec<Vec<u8>> {
        let now = Instant::now();
        let is_question = ends.to.port() == PORT;
        let client = if is_question { ends } else { ends.turned() };
        if is_question && !self.connections.contains_key(&client) {
            self.make_room(now);
            let connection = Connection { question: None, answer: None, last: now };
            self.connections.insert(client, connection);
        }
        // Nobody here asks the others anything.
        let Some(connection) = self.connections.get_mut(&client) else { return Vec::new() };
        connection.last = now;
        let stream = if is_question { &mut connection.question } else { &mut connection.answer };
        let before = stream.take_if(|stream| segment.begins && stream.is_before(segment));
        let is_new = stream.is_none();
        let stream = stream.get_or_insert_with(|| Stream::new(segment));
        let was_given_up = stream.is_given_up() && !is_new;
        let messages = stream.push(segment);
        self.given_up += u64::from(stream.is_given_up() && !was_given_up);
        self.given_up += u64::from(before.is_some_and(|before| before.is_incomplete()));
        messages
    }

    /// How many streams were not followed to their end.
    pub(super) const fn given_up(&self) -> u64 {
        self.given_up
    }

    fn make_room(&mut self, now: Instant) {
        let is_old = |connection: &Connection| now - connection.last >= PATIENCE;
        let mut gone: Vec<Connection> = self
            .connections
            .extract_if(|_, connection| is_old(connection))
            .map(|it| it.1)
            .collect();
        if self.connections.len() >= MOST {
            let oldest = self.connections.iter().min_by_key(|(_, connection)| connection.last);
            let oldest = oldest.map(|(ends, _)| *ends);
            gone.extend(oldest.and_then(|ends| self.connections.remove(&ends)));
        }
        let streams = gone.iter().flat_map(|it| [&it.question, &it.answer]).flatten();
        self.given_up += streams.filter(|stream| stream.is_incomplete()).count() as u64;
    }
}

#[cfg(test)]
mod tests;
