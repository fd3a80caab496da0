//! What comes back: links, preferences, taps, unsubscribes, bounces.
