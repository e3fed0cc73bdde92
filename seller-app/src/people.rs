//! Who works with this node: roles, what each may do, and which door asks for which permission. Pure.

pub mod doors;
pub mod login;
pub mod password;
pub mod permission;
pub mod role;

pub use login::{Login, LoginError};
pub use permission::Permission;
pub use role::Role;
