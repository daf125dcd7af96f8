//! Bytes that a stream takes at once: in the midst of a text, where each does the same. The byte behind
//! them, and whatever else is rare, is [`Stream::push`]ed.

use super::{
    flags,
    http::{LONGEST, Phase},
    stream::Stream,
    word::Run,
};

impl Stream {
    /// Takes bytes from the begin of `word`, of which there are `bytes`, as each of them would be pushed.
    /// How many it took, maybe 0.
    #[inline(always)]
    pub(super) fn run(&mut self, word: u64, bytes: u32) -> u32 {
        if self.phase == Phase::Hello {
            return self.run_hello(word, bytes);
        }
        if self.flags & flags::RETURN != 0 || self.head > LONGEST - 8 {
            return 0;
        }
        let taken = if word & 0xff == u64::from(b'\r') {
            self.flags |= flags::RETURN;
            1
        } else {
            self.run_http(word)
        };
        self.head = self.head.wrapping_add(taken);
        taken
    }

    #[inline(always)]
    fn run_http(&mut self, word: u64) -> u32 {
        match self.phase {
            Phase::Value => Run::from(word, b' ').bytes,
            Phase::Query => Run::from(word, b' ' + 1).bytes,
            Phase::Slash | Phase::Element => self.run_element(Run::element(word)),
            Phase::Field | Phase::Name => self.run_name(Run::name(word)),
            Phase::Host => self.run_host(Run::name(word)),
            Phase::Start | Phase::Method => self.run_method(Run::capitals(word)),
            Phase::Version => self.run_version(word),
            Phase::Target
            | Phase::Scheme
            | Phase::Slashes
            | Phase::Authority
            | Phase::Asterisk
            | Phase::Length
            | Phase::Coding
            | Phase::Size
            | Phase::Extension
            | Phase::ChunkEnd
            | Phase::Hello
            | Phase::Lost
            | Phase::Over => 0,
        }
    }
}
