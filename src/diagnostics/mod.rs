//! Reports people read.
//!
//! A [`report::Report`] says what is wrong, where, and what the way out is; it knows nothing of
//! how it is drawn. [`render`] draws it, and [`json`] writes it for programs, from an [`excerpt`] of the sources; [`suggest`] finds the nearest name; [`source`] keeps the
//! texts that reports point into.

pub mod excerpt;
pub mod json;
pub mod render;
pub mod report;
pub mod source;
pub mod suggest;
pub mod words;
