//! The flow, in order: open an edition, plan it, write its letters, send them.
