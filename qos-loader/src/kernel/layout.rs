//! Where the running kernel has the fields that the hooks read, by its own description of its types.

use std::{
    fs::File,
    io,
    os::fd::{AsRawFd as _, OwnedFd},
    path::PathBuf,
};

use anyhow::{Context as _, Result};
use btf_rs::{Backend, Btf, Type};
use nix::sys::memfd::{MFdFlags, memfd_create};
use qos_common::kernel::Field;

/// The kernel's types (`CONFIG_DEBUG_INFO_BTF`).
const TYPES: &str = "/sys/kernel/btf/vmlinux";

/// The offsets of [`Field::ALL`], in bytes.
pub(super) fn offsets() -> Result<[u64; Field::ALL.len()]> {
    let types = types()?;
    let mut offsets = [0; Field::ALL.len()];
    for (offset, field) in offsets.iter_mut().zip(Field::ALL) {
        let (structure, path) = field.names();
        *offset = offset_in(&types, structure, path)?;
    }
    Ok(offsets)
}

/// The offset of one field of a structure, in bytes.
pub(super) fn offset(structure: &str, field: &str) -> Result<u64> {
    offset_in(&types()?, structure, field)
}

/// Mapped, for few of them are looked at: the kernel lets its own file be mapped since Linux 6.16.
fn types() -> Result<Btf> {
    let mapped = |path: PathBuf| Btf::from_file_with_backend(path, Backend::Mmap);
    if let Ok(types) = mapped(TYPES.into()) {
        return Ok(types);
    }
    let copied = || -> Result<Btf> {
        let copy: OwnedFd = memfd_create("kernel types", MFdFlags::MFD_CLOEXEC)?;
        io::copy(&mut File::open(TYPES)?, &mut File::from(copy.try_clone()?))?;
        Ok(mapped(format!("/proc/self/fd/{}", copy.as_raw_fd()).into())?)
    };
    copied().with_context(|| format!("reading {TYPES}"))
}

/// In bytes; `path` has a dot between a field and a field of its own structure.
fn offset_in(types: &Btf, structure: &str, path: &str) -> Result<u64> {
    let bits = bits_before(types, structure, path);
    let bits = bits.with_context(|| format!("this kernel has no {structure}.{path}"))?;
    Ok(u64::from(bits / 8))
}

fn bits_before(types: &Btf, structure: &str, path: &str) -> Option<u32> {
    let found = types.resolve_types_by_name(structure).ok()?;
    let mut inside = found.into_iter().find(|one| matches!(one, Type::Struct(_)))?;
    let mut offset = 0;
    for name in path.split('.') {
        let (bits, of) = member(types, &inside, name)?;
        offset += bits;
        inside = of;
    }
    Some(offset)
}

/// A member's offset in bits and its type; also one of a nameless structure in it.
fn member(types: &Btf, inside: &Type, name: &str) -> Option<(u32, Type)> {
    let (Type::Struct(structure) | Type::Union(structure)) = inside else { return None };
    structure.members.iter().find_map(|member| {
        let of = unqualified(types, types.resolve_chained_type(member).ok()?)?;
        let own = types.resolve_name(member).unwrap_or_default();
        if own == name {
            return Some((member.bit_offset(), of));
        }
        let (bits, of) = own.is_empty().then(|| self::member(types, &of, name))??;
        Some((member.bit_offset() + bits, of))
    })
}

/// The type behind `const`, `volatile` and `typedef`.
fn unqualified(types: &Btf, mut one: Type) -> Option<Type> {
    loop {
        let next = if let Type::Const(next) | Type::Volatile(next) = &one {
            types.resolve_chained_type(next)
        } else if let Type::Typedef(next) = &one {
            types.resolve_chained_type(next)
        } else {
            return Some(one);
        };
        one = next.ok()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// These do not move: they are what user space sees too (`linux/types.h`, `linux/in6.h`).
    #[test]
    fn known_offsets_are_found() {
        let types = types().unwrap();
        let bytes = |structure: &str, path: &str| offset_in(&types, structure, path).ok();
        assert_eq!(bytes("list_head", "prev"), Some(8));
        assert_eq!(bytes("qstr", "len"), Some(4), "in a nameless structure in a nameless union");
        assert_eq!(bytes("qstr", "name"), Some(8));
        let name = bytes("dentry", "d_name").unwrap();
        assert_eq!(bytes("dentry", "d_name.name"), Some(name + 8));
        assert_eq!((bytes("qstr", "nothing"), bytes("nothing", "name")), (None, None));
        assert!(offsets().unwrap().iter().filter(|offset| **offset == 0).count() < 5);
    }
}
