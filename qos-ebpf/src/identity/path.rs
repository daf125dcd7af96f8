//! What a process runs: the hash of its executable's path, from the last element to the root of the
//! mount namespace, as `prepend_path` (`fs/d_path.c`) goes. A chroot does not shorten it.

use core::ffi::c_void;

use aya_ebpf::helpers::generated::bpf_loop;
use qos_common::{
    executable::{ELEMENT_WORDS, Executable, mix, start},
    identity::Process,
    kernel::{Field, KernelLayout},
};

use super::read::{bytes, field};
use crate::verifier::opaque;

/// More steps than any path has: elements of two bytes in `PATH_MAX`, and as many mounts.
const MOST_STEPS: u32 = 4096;

/// On the way to the root.
struct Walk<'a> {
    layout: &'a KernelLayout,
    dentry: u64,
    /// The `struct mount` that it is in.
    mount: u64,
    path: u64,
    name: u64,
}

/// `None` if it can't be read.
#[inline(always)]
pub(super) fn of(layout: &KernelLayout, process: Process) -> Option<Executable> {
    let file = field(process.memory, layout, Field::MemoryExecutable).filter(|file| *file != 0)?;
    let mount: u64 = field(file, layout, Field::FileMount)?;
    // The callback is verified for any values (see `Image::opaque`).
    let mut walk = Walk {
        layout,
        dentry: opaque(field(file, layout, Field::FileDentry)?),
        mount: opaque(mount.wrapping_sub(layout.offset(Field::MountItself))),
        path: opaque(0),
        name: opaque(0),
    };
    // SAFETY: the callback's type is what the helper calls, and the walk outlives the call.
    unsafe { bpf_loop(MOST_STEPS, step as *mut c_void, (&raw mut walk).cast(), 0) };
    (walk.path != 0).then_some(Executable { path: walk.path, name: walk.name })
}

/// One step towards the root; 1 ends the loop.
unsafe extern "C" fn step(_index: u64, walk: *mut Walk<'_>) -> i64 {
    // SAFETY: `of` passes its own.
    let walk = unsafe { &mut *walk };
    i64::from(walk.step().is_none())
}

impl Walk<'_> {
    /// `None` at the root, and where the kernel's memory can't be read.
    #[inline(always)]
    fn step(&mut self) -> Option<()> {
        let layout = self.layout;
        let parent: u64 = field(self.dentry, layout, Field::DentryParent)?;
        let root: u64 = field(self.mount, layout, Field::MountRoot)?;
        if self.dentry == root || self.dentry == parent {
            let above: u64 = field(self.mount, layout, Field::MountParent)?;
            if above == self.mount {
                return None;
            }
            self.dentry = field(self.mount, layout, Field::MountPoint)?;
            self.mount = above;
            return Some(());
        }
        let element = self.element()?;
        let path = Executable { path: self.path, name: self.name }.push(element);
        (self.path, self.name) = (path.path, path.name);
        self.dentry = parent;
        Some(())
    }

    /// The hash of the name of the directory entry.
    #[inline(always)]
    fn element(&self) -> Option<u64> {
        let layout = self.layout;
        let length: u32 = field(self.dentry, layout, Field::DentryLength)?;
        let name: u64 = field(self.dentry, layout, Field::DentryName)?;
        Some(Element::hash(name, length, layout.seed()))
    }
}

/// On the way through an element's name.
struct Element {
    /// The address of the next word.
    next: u64,
    /// Bytes from there on.
    left: u64,
    hash: u64,
}

impl Element {
    /// The hash of the element of `length` bytes at `name`.
    #[inline(always)]
    fn hash(name: u64, length: u32, seed: u64) -> u64 {
        let mut element =
            Self { next: name, left: opaque(length.into()), hash: start(seed, length) };
        let words = length.div_ceil(8).min(ELEMENT_WORDS);
        // SAFETY: the callback's type is what the helper calls, and the element outlives the call.
        unsafe { bpf_loop(words, next_word as *mut c_void, (&raw mut element).cast(), 0) };
        element.hash
    }
}

/// Adds one word.
unsafe extern "C" fn next_word(_index: u64, element: *mut Element) -> i64 {
    // SAFETY: `hash` passes its own.
    let element = unsafe { &mut *element };
    element.hash = mix(element.hash, bytes(element.next, element.left));
    element.next += 8;
    element.left = element.left.wrapping_sub(8);
    0
}
