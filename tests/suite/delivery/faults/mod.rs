//! Delivery under fire, with real programs: relays that fail at every stage, a disk that is full or broken, a clock
//! that jumps, and mail that really comes home.

mod clocks;
mod disk;
mod full;
mod lines;
mod postfix;
mod returning;
mod scene;
mod sink;
mod syncing;
mod trace;
