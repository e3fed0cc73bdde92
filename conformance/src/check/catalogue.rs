//! Catalogues: what has to be computed, or compared between messages. What one rule can say stands in the books.

pub(crate) mod changes;
pub(crate) mod customised;
pub(crate) mod holidays;
pub(crate) mod menus;
pub(crate) mod ordered;
pub(crate) mod serves;
