//! What qos-loader costs.
mod programs;
mod report;
mod rounds;
mod sets;
mod test_run;
mod trace;

fn main() -> anyhow::Result<()> {
    let costs = test_run::Costs::measure()?;
    costs.print();
    Ok(())
}
