//! Turns `grammar/cq.lalrpop` into the parser.

fn main() {
    if let Err(error) = lalrpop::Configuration::new()
        .emit_rerun_directives(true)
        .process_file("grammar/cq.lalrpop")
    {
        panic!("grammar/cq.lalrpop: {error}");
    }
}
