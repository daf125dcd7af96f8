//! `cargo xtask build`: the release binary with the eBPF object inside.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::{
    command::{cargo, output, run},
    setup::{self, Scope},
    workspace,
};

/// Runs the command.
pub(crate) fn run_task() -> Result<()> {
    setup::run(Scope::Build)?;
    compile()
}

/// Compiles, and makes sure that the binary is complete.
pub(crate) fn compile() -> Result<()> {
    run(&mut cargo(["build", "--release", "--locked", "--package", "qos-loader"]))?;
    let binary = workspace::release_binary();
    let version = output(Command::new(&binary).arg("--version"))?;
    let shown = workspace::relative(&binary).display();
    ensure!(
        has_object(&version),
        "{shown} has no eBPF object inside\nto do: see cargo's warnings above"
    );
    eprintln!("built {shown}: {}", version.trim());
    Ok(())
}

fn has_object(version: &str) -> bool {
    !version.contains("no eBPF object")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binary_without_the_object_is_noticed() {
        assert!(has_object("qos-loader 0.1.0\n"));
        assert!(!has_object("qos-loader 0.1.0 (no eBPF object)\n"));
    }
}
