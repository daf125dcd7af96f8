//! An executable by hashes of its path and of its file name: what the eBPF program computes from the
//! kernel's directory entries, and the loader from the policies. The seed is the loader's secret: who
//! may name files shall not find two names of one hash.

/// The most bytes in an element of a path (`NAME_MAX`, `include/uapi/linux/limits.h`).
pub const MAX_ELEMENT: u32 = 255;

/// Words of 8 bytes that the longest element takes.
pub const ELEMENT_WORDS: u32 = MAX_ELEMENT.div_ceil(8);

/// Hashes of an executable's path and name, neither ever 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(C)]
pub struct Executable {
    /// Of the path from the root of the process's mount namespace.
    pub path: u64,
    /// Of the path's last element.
    pub name: u64,
}

impl Executable {
    /// No element so far: [`Executable::push`] those of a path from the last to the first.
    pub const NONE: Self = Self { path: 0, name: 0 };

    /// Adds the element before those that are there.
    #[inline(always)]
    #[must_use]
    pub fn push(self, element: u64) -> Self {
        let name = if self.name == 0 { name(element) } else { self.name };
        Self { path: mix(self.path, element.rotate_left(7)) | 1, name }
    }

    /// Of the absolute path `path`.
    pub fn of(seed: u64, path: &[u8]) -> Self {
        let relative = path.strip_prefix(b"/").unwrap_or(path);
        let elements = relative.rsplit(|byte| *byte == b'/');
        elements.fold(Self::NONE, |path, bytes| path.push(element(seed, bytes)))
    }
}

/// The hash of executables that are called `bytes`.
pub fn name_of(seed: u64, bytes: &[u8]) -> u64 {
    name(element(seed, bytes))
}

/// Where the hash of an element of `length` bytes starts; its words follow by [`mix`], the last one
/// filled up with zeros, the first byte lowest.
#[inline(always)]
pub const fn start(seed: u64, length: u32) -> u64 {
    mix(seed, length as u64)
}

/// `hash` with one more word.
#[inline(always)]
pub const fn mix(hash: u64, word: u64) -> u64 {
    let product = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ product >> 32
}

/// The hash of an element.
fn element(seed: u64, bytes: &[u8]) -> u64 {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    bytes.chunks(8).fold(start(seed, length), |hash, chunk| {
        let mut word = [0; 8];
        word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
        mix(hash, u64::from_le_bytes(word))
    })
}

/// The hash of a name is not that of a path of one element, and is even: a path's is odd.
#[inline(always)]
const fn name(element: u64) -> u64 {
    mix(element, 0xbf58_476d_1ce4_e5b9) & !1 | 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Executable {
        Executable::of(7, path.as_bytes())
    }

    #[test]
    fn paths_and_names_are_told_apart() {
        let paths =
            ["/a", "/b", "/a/a", "/a/b", "/b/a", "/a/a/a", "/aa", "/a/aaaaaaa", "/a/aaaaaaaa"];
        for (index, one) in paths.iter().enumerate() {
            for other in paths.iter().skip(index + 1) {
                assert_ne!(of(one).path, of(other).path, "{one} {other}");
            }
            let (_, name) = one.rsplit_once('/').unwrap();
            assert_eq!(of(one).name, name_of(7, name.as_bytes()));
            assert_ne!(of(one).path, of(one).name);
        }
        assert_eq!(of("/x/a").name, of("/a").name);
        assert_ne!(of("/a").name, of("/b").name);
    }

    #[test]
    fn a_zero_at_the_end_counts() {
        assert_ne!(name_of(7, b"a"), name_of(7, b"a\0"));
        assert_ne!(name_of(7, &[b'a'; 255]), name_of(7, &[b'a'; 254]));
        assert_ne!(name_of(7, b"a"), name_of(8, b"a"));
    }
}
