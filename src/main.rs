//! The `cq` program.

fn main() -> std::process::ExitCode {
    cq::cli::main()
}
