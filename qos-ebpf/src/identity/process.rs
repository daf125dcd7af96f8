//! The process that uses a socket.

use aya_ebpf::helpers::generated::bpf_get_current_task;
use qos_common::{
    identity::Process,
    kernel::{Field, KernelLayout},
};

use super::read::field;

/// A thread, by the address of its `task_struct`.
#[derive(Clone, Copy)]
pub(super) struct Task(pub(super) u64);

impl Task {
    /// The one that runs.
    #[inline(always)]
    pub(super) fn current() -> Self {
        // SAFETY: the helper has no conditions.
        Self(unsafe { bpf_get_current_task() })
    }

    /// Its process; `None` for a thread of the kernel.
    #[inline(always)]
    pub(super) fn process(self, layout: &KernelLayout) -> Option<Process> {
        let memory: u64 = field(self.0, layout, Field::TaskMemory)?;
        let number: u32 = field(self.0, layout, Field::TaskNumber)?;
        let calls: u64 = field(self.0, layout, Field::TaskExecutions)?;
        let image = u64::from(number) << 32 | calls & u64::from(u32::MAX);
        (memory != 0).then_some(Process { memory, image })
    }
}
