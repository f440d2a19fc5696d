//! Any text: it is parsed and resolved, or there are reports whose positions lie in it.
#![no_main]

use cq::diagnostics::report::Severity;
use cq::diagnostics::source::Sources;
use cq::resolve::{Prelude, resolve};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = Sources::default().add("fuzz.cq", text);
    let parsed = cq::syntax::parse(&source);
    let mut reports = parsed.reports;
    if reports.iter().all(|report| report.severity != Severity::Error) {
        let resolved = resolve(&parsed.tree, &[], &Prelude::new());
        reports.extend(resolved.reports);
    }
    for report in reports {
        for label in report.primary.iter().chain(&report.secondary) {
            let range = label.span.range();
            assert!(text.get(range.clone()).is_some(), "{range:?} of {text:?}");
        }
    }
});
