//! What the program costs to load stays within a budget: the verifier refuses a program that takes it
//! more than a million instructions, or whose calls take more than 512 bytes of stack.

use std::{collections::BTreeMap, fs};

use aya::{
    Ebpf,
    programs::{CgroupSkb, CgroupSock, ProgramInfo},
};
use aya_obj::{Object, generated::bpf_insn};
use qos_loader::kernel::{Dataplane, LinkKind, LogLevel, object::OBJECT};
use toml::Table;

use crate::kernel::Kernel;

/// By how much a figure may be below its budget before the budget says nothing.
const SLACK: f64 = 0.6;

/// What sees that a socket is made: the other hooks of senders consist of the same functions.
const SENDER: &str = "qos_sock_create";

/// What reads requests; the one for what is sent consists of the same functions.
const REQUEST: &str = "qos_request_received";

#[test]
fn the_verifier_does_no_more_than_was_decided() {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let version = release.split('.').take(2).collect::<Vec<_>>().join(".");
    let budget = budget();
    let Some(budget) = budget["verified"].as_table().unwrap().get(&version) else {
        println!("there is no budget for Linux {version}");
        return;
    };
    let check = |name: &str, info: ProgramInfo| {
        let verified = info.verified_instruction_count().unwrap();
        check(&format!("instructions of {name}"), verified.into(), &budget[name]);
    };
    for (kind, name) in [(LinkKind::Ethernet, "qos_ethernet"), (LinkKind::Ip, "qos_ip")] {
        let mut dataplane = Dataplane::load(LogLevel::Off).unwrap();
        check(name, dataplane.program(kind).unwrap().info().unwrap());
    }
    if budget.get("without_perfmon").is_some() {
        let mut kernel = Kernel::without_perfmon();
        let program = kernel.dataplane.program(LinkKind::Ethernet).unwrap();
        check("without_perfmon", program.info().unwrap());
    }
    let mut hooks = Ebpf::load(OBJECT).unwrap();
    let sender: &mut CgroupSock = hooks.program_mut(SENDER).unwrap().try_into().unwrap();
    sender.load().unwrap();
    check(SENDER, sender.info().unwrap());
    let request: &mut CgroupSkb = hooks.program_mut(REQUEST).unwrap().try_into().unwrap();
    request.load().unwrap();
    check(REQUEST, request.info().unwrap());
}

#[test]
fn the_stack_is_what_was_decided() {
    let object = Object::parse(OBJECT).unwrap();
    let budget = budget();
    let budget = budget["stack"].as_table().unwrap();
    // Names are mangled but for those of the program's own.
    let key = |name: &str| budget.keys().find(|key| name.contains(key.as_str()));
    let mut used: BTreeMap<&str, i64> = BTreeMap::new();
    for function in object.functions.values() {
        let most = used.entry(key(&function.name).map_or("other", String::as_str)).or_default();
        *most = stack(&function.instructions).max(*most);
    }
    for name in budget.keys() {
        println!("bytes of stack of {name}: {}", used[name.as_str()]);
    }
    for (name, budget) in budget {
        check(&format!("bytes of stack of {name}"), used[name.as_str()], budget);
    }
}

fn budget() -> Table {
    include_str!("budget.toml").parse().unwrap()
}

#[expect(clippy::print_stdout, reason = "the figures are asked for when a budget changes")]
fn check(what: &str, is: i64, budget: &toml::Value) {
    let most = budget.as_integer().unwrap();
    println!("{what}: {is} of {most}");
    assert!(is <= most, "{what}: {is}, more than the {most} in budget.toml");
    #[expect(clippy::cast_precision_loss, reason = "both are small")]
    let share = is as f64 / most as f64;
    assert!(share > SLACK, "{what}: {is}, far below the {most} in budget.toml");
}

/// The bytes below the frame pointer that instructions name.
fn stack(instructions: &[bpf_insn]) -> i64 {
    /// The frame pointer (`BPF_REG_FP`).
    const FRAME: u8 = 10;
    /// Loads and stores (`BPF_LDX`, `BPF_ST`, `BPF_STX`).
    const MEMORY: [u8; 3] = [1, 2, 3];
    /// `BPF_ALU64 | BPF_ADD | BPF_K`.
    const ADD: u8 = 0x07;
    /// `BPF_ALU64 | BPF_MOV | BPF_X`.
    const COPY: u8 = 0xbf;
    let direct = instructions.iter().filter(|one| MEMORY.contains(&(one.code & 7)));
    let direct = direct
        .filter(|one| [one.dst_reg(), one.src_reg()].contains(&FRAME))
        .map(|one| i64::from(one.off));
    let pairs = instructions.iter().zip(instructions.iter().skip(1));
    let address = pairs
        .filter(|(copy, add)| {
            copy.code == COPY
                && copy.src_reg() == FRAME
                && add.code == ADD
                && add.dst_reg() == copy.dst_reg()
        })
        .map(|(_, add)| i64::from(add.imm));
    -direct.chain(address).min().unwrap_or(0).min(0)
}
