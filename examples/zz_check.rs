use std::path::Path;
fn main() {
    std::thread::Builder::new().stack_size(64<<20).spawn(go).unwrap().join().unwrap();
}
fn go() {
    let names = "print eprint input len range push pop insert remove clear contains keys values items zip enumerate map filter reduce sum min max sorted reversed any all head tail take drop str int float bool type repr bytes split join strip upper lower replace starts_with ends_with find format ord chr abs floor ceil round sqrt isqrt pow exp log sin cos pi random randint choice shuffle read_file write_file read_bytes lines fetch args env exit assert error inf nan force queue put get close submit as_completed wait select exception done cancel kill thread_pool process_pool lock semaphore acquire release sleep clock cpu_count self pid thread process";
    for f in std::env::args().skip(1) {
        let sources = cq::diagnostics::source::Sources::default();
        let text = std::fs::read_to_string(&f).unwrap();
        let wants2 = text.contains("# expect status: 2");
        let source = sources.add(Path::new(&f).file_name().unwrap().to_string_lossy().into_owned(), text);
        let parsed = cq::syntax::parse(&source);
        let mut reports = parsed.reports;
        let err = |r: &Vec<cq::diagnostics::report::Report>| r.iter().any(|r| r.severity == cq::diagnostics::report::Severity::Error);
        if !err(&reports) {
            let mut prelude = cq::resolve::Prelude::new();
            for n in names.split_whitespace() { prelude.constant(n); }
            let r = cq::resolve::resolve(&parsed.tree, &[], &prelude);
            reports.extend(r.reports);
        }
        let failed = err(&reports);
        println!("{} {} {}", if failed == wants2 { "ok" } else { "MISMATCH" }, f, if failed {"fails"} else {"passes"});
        if failed || std::env::var("W").is_ok() {
            for r in &reports { println!("{}", cq::diagnostics::render::render(r, &sources, cq::diagnostics::render::Style::Plain)); }
        }
    }
}
