//! The `cq` program.

fn main() {}
