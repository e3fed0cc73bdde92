//! Help for tests (feature `testing`).
