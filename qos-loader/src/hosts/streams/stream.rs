//! One direction of a connection.

use super::Segment;

/// The most bytes that are kept of what came before what stands before it, and how far ahead it may be.
const AHEAD: usize = 1 << 16;

/// The most segments of that kind.
const MOST_EARLY: usize = 64;

/// What was said, as far as it is no whole message yet.
#[derive(Debug)]
pub(super) struct Stream {
    /// The number of the first byte.
    first: u32,
    /// The number of the byte that comes next; none if the stream was given up.
    next: Option<u32>,
    begun: Vec<u8>,
    /// The numbers and bytes of what came early.
    early: Vec<(u32, Vec<u8>)>,
}

impl Stream {
    /// One that begins with `segment`; else it is given up, for nobody knows where its messages begin.
    pub(super) fn new(segment: Segment<'_>) -> Self {
        let first = segment.sequence;
        let next = segment.begins.then_some(first);
        Self { first, next, begun: Vec::new(), early: Vec::new() }
    }

    /// Whether `segment`, with which one begins, is of another stream.
    pub(super) const fn is_before(&self, segment: Segment<'_>) -> bool {
        self.first != segment.sequence
    }

    pub(super) const fn is_given_up(&self) -> bool {
        self.next.is_none()
    }

    /// Whether something is missing to the end of a message.
    pub(super) fn is_incomplete(&self) -> bool {
        !(self.begun.is_empty() && self.early.is_empty())
    }

    /// Adds a segment, and returns the messages that are whole now.
    pub(super) fn push(&mut self, segment: Segment<'_>) -> Vec<Vec<u8>> {
        let Segment { sequence, data, .. } = segment;
        let Some(next) = self.next else { return Vec::new() };
        match usize::try_from(ahead(next, sequence)) {
            Ok(0) | Err(_) => self.append(sequence, data),
            Ok(1..=AHEAD) => self.early.push((sequence, data.to_vec())),
            // Too much came behind what was not seen.
            Ok(_) if !self.early.is_empty() => self.give_up(),
            // Whoever sends that does not know how far this is.
            Ok(_) => {}
        }
        while let Some(index) = self
            .early
            .iter()
            .position(|(early, _)| self.next.is_some_and(|next| ahead(next, *early) <= 0))
        {
            let (sequence, data) = self.early.swap_remove(index);
            self.append(sequence, &data);
        }
        let messages = self.messages();
        let early: usize = self.early.iter().map(|(_, data)| data.len()).sum();
        if early > AHEAD || self.early.len() > MOST_EARLY {
            self.give_up();
        }
        messages
    }

    fn give_up(&mut self) {
        self.next = None;
        (self.begun, self.early) = (Vec::new(), Vec::new());
    }

    /// Adds what is new of bytes that do not stand ahead.
    fn append(&mut self, sequence: u32, data: &[u8]) {
        let Some(next) = self.next else { return };
        let known = usize::try_from(next.wrapping_sub(sequence)).unwrap_or(usize::MAX);
        let new = data.get(known..).unwrap_or_default();
        self.begun.extend(new);
        // A packet is shorter than numbers go.
        self.next = Some(next.wrapping_add(u32::try_from(new.len()).unwrap_or(0)));
    }

    /// Those that are whole, each behind its length.
    fn messages(&mut self) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        let mut rest = self.begun.as_slice();
        while let Some((length, behind)) = rest.split_first_chunk()
            && let Some((message, behind)) =
                behind.split_at_checked(u16::from_be_bytes(*length).into())
        {
            messages.push(message.to_vec());
            rest = behind;
        }
        let read = self.begun.len() - rest.len();
        self.begun.drain(..read);
        messages
    }
}

/// How many bytes `sequence` stands behind `next`: numbers begin again behind the largest.
const fn ahead(next: u32, sequence: u32) -> i32 {
    sequence.wrapping_sub(next).cast_signed()
}
