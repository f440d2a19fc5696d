//! Turns `grammar/cq.lalrpop` into the parser.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=grammar/cq.lalrpop");
    if let Err(error) = lalrpop::Configuration::new()
        .use_cargo_dir_conventions()
        .emit_rerun_directives(true)
        .process_file("grammar/cq.lalrpop")
    {
        panic!("grammar/cq.lalrpop: {error}");
    }
}
