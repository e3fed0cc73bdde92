//! buyer-app
