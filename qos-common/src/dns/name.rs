//! Names, whose ends messages may have elsewhere (RFC 1035, section 4.1.4).

/// The most bytes of a name, with the lengths of its labels and the root's (section 2.3.4).
const LONGEST: usize = 255;

/// The most pointers on the way through a name: more than it can have labels are of no use, and take time.
pub const MOST_POINTERS: u8 = 127;

/// A name in a message, which can be read to its end.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> Name<'a> {
    /// The one that begins at a place in a message, and the place behind it. None if it is cut, longer than
    /// names may be, or has a pointer that does not lead back.
    pub(super) fn read(message: &'a [u8], at: usize) -> Option<(Self, usize)> {
        let name = Self { message, at };
        let (mut labels, mut length) = (name.labels(), 0_usize);
        loop {
            let label = labels.step()?;
            length = length.checked_add(label.len())?.checked_add(1)?;
            if length > LONGEST {
                return None;
            }
            if label.is_empty() {
                return Some((name, labels.behind.unwrap_or(labels.at)));
            }
        }
    }

    /// Its labels without the root's, each of up to 63 bytes, which can be any.
    pub const fn labels(&self) -> Labels<'a> {
        let Self { message, at } = *self;
        let (limit, pointers) = (usize::MAX, MOST_POINTERS);
        Labels { message, at, start: at, limit, behind: None, pointers }
    }
}

/// In any case of its letters (RFC 4343).
impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        let (mut own, mut others) = (self.labels(), other.labels());
        loop {
            match (own.next(), others.next()) {
                (None, None) => return true,
                (Some(own), Some(other)) if own.eq_ignore_ascii_case(other) => {}
                _ => return false,
            }
        }
    }
}

impl Eq for Name<'_> {}

/// The labels of a name, one after the other.
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    message: &'a [u8],
    at: usize,
    /// Where the labels begin that stand together here.
    start: usize,
    /// Where those begin that led here: these end before them, so that none is read twice.
    limit: usize,
    /// The place behind the first pointer.
    behind: Option<usize>,
    /// How many pointers may follow.
    pointers: u8,
}

impl<'a> Labels<'a> {
    /// The next label, the root's with no bytes; none where the name is broken.
    fn step(&mut self) -> Option<&'a [u8]> {
        loop {
            if self.at >= self.limit {
                return None;
            }
            let first = *self.message.get(self.at)?;
            let next = self.at.checked_add(1)?;
            match first >> 6 {
                0 => {
                    let end = next.checked_add(usize::from(first))?;
                    self.at = end;
                    return self.message.get(next..end);
                }
                3 => {
                    let to = u16::from_be_bytes([first & 0x3f, *self.message.get(next)?]);
                    self.follow(usize::from(to), next.checked_add(1)?)?;
                }
                _ => return None,
            }
        }
    }

    /// Goes on at `to`, which a pointer with this place `behind` it says.
    fn follow(&mut self, to: usize, behind: usize) -> Option<()> {
        self.pointers = self.pointers.checked_sub(1)?;
        if to >= self.start {
            return None;
        }
        self.behind.get_or_insert(behind);
        self.limit = self.start;
        (self.start, self.at) = (to, to);
        Some(())
    }
}

impl<'a> Iterator for Labels<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        let before = self.clone();
        let label = self.step().filter(|label| !label.is_empty());
        if label.is_none() {
            // So that the root comes again.
            *self = before;
        }
        label
    }
}
