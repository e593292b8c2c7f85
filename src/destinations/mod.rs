//! Destinations: the operations that every door to them calls.
