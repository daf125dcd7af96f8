//! Where the kernel calls us in the context of who uses a socket. The loader attaches what the kernel
//! has: the hooks of cgroups everywhere, of the others the best that it allows.

use core::ffi::c_void;

use aya_ebpf::{
    EbpfContext as _,
    helpers::generated::bpf_sock_from_file,
    macros::{btf_tracepoint, cgroup_sock, cgroup_sock_addr, fentry},
    programs::{BtfTracePointContext, FEntryContext, SockAddrContext, SockContext},
};

use super::{Use, process::Task, record};
use crate::verifier::address;

/// What lets a cgroup's hook go on.
const GO_ON: i32 = 1;

/// A socket is made.
#[cgroup_sock(sock_create)]
pub fn qos_sock_create(ctx: SockContext) -> i32 {
    record_current(ctx.as_ptr());
    GO_ON
}

/// connect(2), before the first packet.
#[cgroup_sock_addr(connect4)]
pub fn qos_connect4(ctx: SockAddrContext) -> i32 {
    record_address(&ctx)
}

/// As [`qos_connect4`].
#[cgroup_sock_addr(connect6)]
pub fn qos_connect6(ctx: SockAddrContext) -> i32 {
    record_address(&ctx)
}

/// sendto(2) and sendmsg(2) of UDP sockets without a peer, before the packet.
#[cgroup_sock_addr(sendmsg4)]
pub fn qos_sendmsg4(ctx: SockAddrContext) -> i32 {
    record_address(&ctx)
}

/// As [`qos_sendmsg4`].
#[cgroup_sock_addr(sendmsg6)]
pub fn qos_sendmsg6(ctx: SockAddrContext) -> i32 {
    record_address(&ctx)
}

/// Anything is sent on any socket (`sock_sendmsg`, net/socket.c), before it is.
#[fentry(function = "security_socket_sendmsg")]
pub fn qos_security_sendmsg(ctx: FEntryContext) -> i32 {
    record_first(&ctx)
}

/// Anything is received: who reads a request will answer it.
#[fentry(function = "security_socket_recvmsg")]
pub fn qos_security_recvmsg(ctx: FEntryContext) -> i32 {
    record_first(&ctx)
}

/// sendfile(2) up to Linux 6.4, which does not call sendmsg. This function is called through a
/// pointer; those below it are inlined where the compiler likes, and then never called.
#[fentry(function = "inet_sendpage")]
pub fn qos_sendpage(ctx: FEntryContext) -> i32 {
    record_first(&ctx)
}

/// Before TCP sends (Linux 6.16).
#[btf_tracepoint(function = "tcp_sendmsg_locked")]
pub fn qos_tcp_sendmsg(ctx: BtfTracePointContext) -> i32 {
    record_current(ctx.arg(0));
    0
}

/// After anything was sent (Linux 6.3).
#[btf_tracepoint(function = "sock_send_length")]
pub fn qos_send_length(ctx: BtfTracePointContext) -> i32 {
    record_current(ctx.arg(0));
    0
}

/// After anything was received (Linux 6.3).
#[btf_tracepoint(function = "sock_recv_length")]
pub fn qos_recv_length(ctx: BtfTracePointContext) -> i32 {
    record_current(ctx.arg(0));
    0
}

/// What the kernel hands to `iter/task_file` (`struct bpf_iter__task_file`, `kernel/bpf/task_iter.c`):
/// each open file of each thread.
#[repr(C)]
pub struct TaskFile {
    meta: *mut c_void,
    task: *mut c_void,
    descriptor: u64,
    file: *mut c_void,
}

/// Sockets that are older than the other hooks.
#[unsafe(no_mangle)]
#[unsafe(link_section = "iter/task_file")]
pub extern "C" fn qos_task_file(ctx: *mut TaskFile) -> i32 {
    // SAFETY: the context is valid while the program runs; at the end both are null.
    let (task, file) = unsafe { ((*ctx).task, (*ctx).file) };
    if task.is_null() || file.is_null() {
        return 0;
    }
    // SAFETY: the helper takes any file.
    let socket = unsafe { bpf_sock_from_file(file.cast()) };
    if socket.is_null() {
        return 0;
    }
    record_socket(socket.cast(), Task(address(task)), Use::Holds);
    0
}

/// The sock of a `struct socket` (include/linux/net.h), where it has been since Linux 2.6.
const SOCKET_SK: usize = 24;

#[inline(always)]
fn record_socket(socket: *mut c_void, task: Task, way: Use) {
    // SAFETY: the verifier knows the type at that offset, and refuses the program if it is another.
    let sock = unsafe { *socket.byte_add(SOCKET_SK).cast::<*mut c_void>() };
    if !sock.is_null() {
        // SAFETY: it is a socket of the kernel.
        unsafe { record(sock, task, way) };
    }
}

#[inline(always)]
fn record_first(ctx: &FEntryContext) -> i32 {
    record_socket(ctx.arg(0), Task::current(), Use::Calls);
    0
}

#[inline(always)]
fn record_address(ctx: &SockAddrContext) -> i32 {
    // SAFETY: the context is valid while the program runs, and `sk` is its only use of the union.
    let sock = unsafe { (*ctx.sock_addr).__bindgen_anon_1.sk };
    if !sock.is_null() {
        record_current(sock.cast());
    }
    GO_ON
}

/// Records that the current thread uses `sock`, a `struct sock` or what stands for one.
#[inline(always)]
fn record_current(sock: *mut c_void) {
    // SAFETY: every hook is given a socket that helpers take.
    unsafe { record(sock, Task::current(), Use::Calls) };
}
