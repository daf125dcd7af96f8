//! What the hooks need to know of the running kernel, which the loader reads from its types.

/// A field of one of the kernel's structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `task_struct.mm`
    TaskMemory,
    /// `task_struct.cred`
    TaskCredentials,
    /// `task_struct.cgroups`
    TaskCgroups,
    /// `task_struct.tgid`
    TaskNumber,
    /// `task_struct.self_exec_id`
    TaskExecutions,
    /// `mm_struct.exe_file`
    MemoryExecutable,
    /// `file.f_path.mnt`
    FileMount,
    /// `file.f_path.dentry`
    FileDentry,
    /// `dentry.d_parent`
    DentryParent,
    /// `dentry.d_name.len`
    DentryLength,
    /// `dentry.d_name.name`
    DentryName,
    /// `mount.mnt`
    MountItself,
    /// `mount.mnt_parent`
    MountParent,
    /// `mount.mnt_mountpoint`
    MountPoint,
    /// `mount.mnt.mnt_root`
    MountRoot,
    /// `cred.fsgid`
    CredentialsGroup,
    /// `cred.group_info`
    CredentialsGroups,
    /// `group_info.ngroups`
    GroupsCount,
    /// `group_info.gid`
    GroupsNumbers,
    /// `css_set.dfl_cgrp`
    CgroupOfSet,
    /// `cgroup.kn`
    CgroupNode,
    /// `cgroup.level`
    CgroupLevel,
    /// `cgroup.ancestors`
    CgroupAncestors,
    /// `kernfs_node.id`
    NodeId,
    /// `sock.sk_uid`
    SocketUser,
    /// `sock.__sk_common.skc_family`
    SocketFamily,
}

/// How many fields there are.
const FIELDS: usize = 26;

impl Field {
    /// All, in order.
    pub const ALL: [Self; FIELDS] = [
        Self::TaskMemory,
        Self::TaskCredentials,
        Self::TaskCgroups,
        Self::TaskNumber,
        Self::TaskExecutions,
        Self::MemoryExecutable,
        Self::FileMount,
        Self::FileDentry,
        Self::DentryParent,
        Self::DentryLength,
        Self::DentryName,
        Self::MountItself,
        Self::MountParent,
        Self::MountPoint,
        Self::MountRoot,
        Self::CredentialsGroup,
        Self::CredentialsGroups,
        Self::GroupsCount,
        Self::GroupsNumbers,
        Self::CgroupOfSet,
        Self::CgroupNode,
        Self::CgroupLevel,
        Self::CgroupAncestors,
        Self::NodeId,
        Self::SocketUser,
        Self::SocketFamily,
    ];

    /// The structure, and the field in it; behind a dot what stands in a structure of its own.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::TaskMemory => ("task_struct", "mm"),
            Self::TaskCredentials => ("task_struct", "cred"),
            Self::TaskCgroups => ("task_struct", "cgroups"),
            Self::TaskNumber => ("task_struct", "tgid"),
            Self::TaskExecutions => ("task_struct", "self_exec_id"),
            Self::MemoryExecutable => ("mm_struct", "exe_file"),
            Self::FileMount => ("file", "f_path.mnt"),
            Self::FileDentry => ("file", "f_path.dentry"),
            Self::DentryParent => ("dentry", "d_parent"),
            Self::DentryLength => ("dentry", "d_name.len"),
            Self::DentryName => ("dentry", "d_name.name"),
            Self::MountItself => ("mount", "mnt"),
            Self::MountParent => ("mount", "mnt_parent"),
            Self::MountPoint => ("mount", "mnt_mountpoint"),
            Self::MountRoot => ("mount", "mnt.mnt_root"),
            Self::CredentialsGroup => ("cred", "fsgid"),
            Self::CredentialsGroups => ("cred", "group_info"),
            Self::GroupsCount => ("group_info", "ngroups"),
            Self::GroupsNumbers => ("group_info", "gid"),
            Self::CgroupOfSet => ("css_set", "dfl_cgrp"),
            Self::CgroupNode => ("cgroup", "kn"),
            Self::CgroupLevel => ("cgroup", "level"),
            Self::CgroupAncestors => ("cgroup", "ancestors"),
            Self::NodeId => ("kernfs_node", "id"),
            Self::SocketUser => ("sock", "sk_uid"),
            Self::SocketFamily => ("sock", "__sk_common.skc_family"),
        }
    }
}

/// Words of a [`KernelLayout`].
pub const LAYOUT_WORDS: usize = FIELDS + 2;

/// What the loader wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Asks {
    /// Who uses a socket.
    Processes = 1,
    /// The same, where whoever holds it counts: the hooks have just been attached.
    First = 2,
    /// In which groups they are, too.
    Groups = 3,
}

/// Where the running kernel has these fields, and what the loader says to the hooks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub struct KernelLayout(pub [u64; LAYOUT_WORDS]);

impl KernelLayout {
    /// The fields' `offsets` in bytes, in order. `seed` is that of [`crate::executable`].
    pub fn new(offsets: [u64; FIELDS], seed: u64, asks: Asks) -> Self {
        let mut words = [0; LAYOUT_WORDS];
        let values = [seed, asks as u64].into_iter().chain(offsets);
        words.iter_mut().zip(values).for_each(|(to, from)| *to = from);
        Self(words)
    }

    /// The seed of the hashes.
    #[inline(always)]
    pub const fn seed(&self) -> u64 {
        let [seed, ..] = self.0;
        seed
    }

    /// Whether policies name groups.
    #[inline(always)]
    pub const fn asks_groups(&self) -> bool {
        let [_, asks, ..] = self.0;
        asks == Asks::Groups as u64
    }

    /// Whether the hooks have just been attached.
    #[inline(always)]
    pub const fn is_new(&self) -> bool {
        let [_, asks, ..] = self.0;
        asks == Asks::First as u64
    }

    /// The offset of `field` in bytes.
    #[inline(always)]
    pub fn offset(&self, field: Field) -> u64 {
        let [_, _, offsets @ ..] = &self.0;
        offsets.get(field as usize).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_its_offset() {
        let offsets = core::array::from_fn(|index| index as u64 + 100);
        let layout = KernelLayout::new(offsets, 7, Asks::Groups);
        assert_eq!((layout.seed(), layout.asks_groups(), layout.is_new()), (7, true, false));
        for (field, offset) in Field::ALL.into_iter().zip(offsets) {
            assert_eq!(layout.offset(field), offset, "{field:?}");
        }
    }
}
