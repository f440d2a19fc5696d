//! Turns `grammar/cq.lalrpop` into the parser.

fn main() {
    let out = std::env::var_os("OUT_DIR").expect("cargo says where built files go");
    if let Err(error) = lalrpop::Configuration::new()
        .emit_rerun_directives(true)
        .set_out_dir(out)
        .process_file("grammar/cq.lalrpop")
    {
        panic!("grammar/cq.lalrpop: {error}");
    }
}
