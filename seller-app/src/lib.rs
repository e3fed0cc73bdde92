//! seller-app
