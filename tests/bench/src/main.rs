//! What qos-loader costs.
mod control;
mod programs;
mod report;
mod rounds;
mod sets;
mod test_run;
mod trace;

fn main() -> anyhow::Result<()> {
    if std::env::args().any(|argument| argument == "control") {
        println!("{}", control::section()?.text());
        return Ok(());
    }
    let costs = test_run::Costs::measure()?;
    costs.print();
    Ok(())
}
