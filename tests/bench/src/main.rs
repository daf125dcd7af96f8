//! What qos-loader costs.
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

mod control;
mod cpus;
mod end_to_end;
mod enforced;
mod nft;
mod programs;
mod report;
mod rounds;
mod sets;
mod test_run;
mod throughput;
mod tools;
mod trace;

fn main() -> anyhow::Result<()> {
    tools::check()?;
    let costs = test_run::Costs::measure()?;
    costs.print();
    println!("{}", end_to_end::section(&end_to_end::measure()?).text());
    println!("{}", throughput::section()?.text());
    println!("{}", control::section()?.text());
    Ok(())
}
