//! One test binary: stories in plain English, one harness.

mod contract;
mod harness;
mod matching;
