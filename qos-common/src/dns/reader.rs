//! Reads a message from its beginning to its end.

use super::name::Name;

/// A message, and how far it was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(message: &'a [u8]) -> Self {
        Self { message, at: 0 }
    }

    /// So many bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let bytes = self.message.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    /// Some numbers of 16 bits.
    pub(super) fn numbers<const COUNT: usize>(&mut self) -> Option<[u16; COUNT]> {
        let (pairs, _) = self.bytes(COUNT.checked_mul(2)?)?.as_chunks();
        pairs.first_chunk().map(|pairs| pairs.map(u16::from_be_bytes))
    }

    /// A name, which may go on elsewhere.
    pub(super) fn name(&mut self) -> Option<Name<'a>> {
        let (name, end) = Name::read(self.message, self.at)?;
        self.at = end;
        Some(name)
    }

    /// What is left once `count` bytes were passed over.
    pub(super) fn behind(mut self, count: usize) -> Option<Self> {
        self.bytes(count).map(|_| self)
    }

    /// Whether both are at the same place.
    pub(super) const fn is_at(&self, other: &Self) -> bool {
        self.at == other.at
    }
}
