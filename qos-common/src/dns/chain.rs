//! Follows aliases (RFC 1034, section 3.6.2).

use super::{Answers, name::Name, record::Data};

/// The most names of a chain. Resolvers follow fewer.
pub const MOST: usize = 17;

/// The names of a chain, the one that was asked for first.
#[derive(Clone, Debug)]
pub struct Chain<'a> {
    answers: Answers<'a>,
    /// Those that came, and the next one.
    names: [Option<Name<'a>>; MOST],
    came: usize,
    time: u32,
}

/// A name of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    /// The name.
    pub name: Name<'a>,
    /// For how many seconds the first name of the chain stands for this one.
    pub time: u32,
}

impl<'a> Chain<'a> {
    pub(super) const fn new(asked: Name<'a>, answers: Answers<'a>) -> Self {
        let mut names = [None; MOST];
        let [first, ..] = &mut names;
        *first = Some(asked);
        Self { answers, names, came: 0, time: u32::MAX }
    }

    /// The name that `name` is an alias of, and for how long.
    fn alias(&self, name: Name<'a>) -> Option<(Name<'a>, u32)> {
        let mut of_name = self.answers.clone().filter(|record| record.name == name);
        of_name.find_map(|record| match record.data {
            Data::Alias(alias) => Some((alias, record.time)),
            Data::Address(_) | Data::Other => None,
        })
    }
}

impl<'a> Iterator for Chain<'a> {
    type Item = Link<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let name = (*self.names.get(self.came)?)?;
        let link = Link { name, time: self.time };
        self.came = self.came.checked_add(1)?;
        if let Some((alias, time)) = self.alias(name)
            // An alias of an alias can lead back.
            && !self.names.contains(&Some(alias))
            && let Some(next) = self.names.get_mut(self.came)
        {
            *next = Some(alias);
            self.time = self.time.min(time);
        }
        Some(link)
    }
}
