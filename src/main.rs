//! Wires only: everything else is in the library.

use std::process::ExitCode;

use clap::Parser;
use hookproof::cli::{self, Cli};

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(error) = cli::start_log(&cli.log) {
        cli::complain(&error);
        return ExitCode::FAILURE;
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            cli::complain(&error.into());
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(cli::run(cli))
}
