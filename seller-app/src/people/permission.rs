//! What may be allowed or not.

/// One thing that a role has or has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Orders, stock, items, partners, exceptions, why something was routed so.
    See,
    /// Statements, claims, terms.
    SeeMoney,
    /// Accept, pick, pack, hand over, deliver, receive what comes back.
    WorkOrders,
    /// Reject, cancel, give up a delivery, decide a return: what costs the buyer the goods or the brand the money.
    EndOrders,
    /// Orders of retailers.
    PlaceOrders,
    SetStock,
    TestOrders,
    /// Stages, targets and proposals of partners.
    Partners,
    /// The routing policy.
    Policy,
    Import,
    /// Terms and claims.
    Money,
    /// Accounts and tokens.
    People,
    /// Who did what.
    Audit,
}

impl Permission {
    pub const ALL: [Permission; 13] = [
        Permission::See,
        Permission::SeeMoney,
        Permission::WorkOrders,
        Permission::EndOrders,
        Permission::PlaceOrders,
        Permission::SetStock,
        Permission::TestOrders,
        Permission::Partners,
        Permission::Policy,
        Permission::Import,
        Permission::Money,
        Permission::People,
        Permission::Audit,
    ];

    /// In a refusal: "your role may not …".
    pub fn words(self) -> &'static str {
        match self {
            Self::See => "see this",
            Self::SeeMoney => "see money between brand and partners",
            Self::WorkOrders => "take orders further",
            Self::EndOrders => "reject, cancel or give up orders, or decide returns",
            Self::PlaceOrders => "place orders of retailers",
            Self::SetStock => "change stock",
            Self::TestOrders => "make test orders",
            Self::Partners => "change partners",
            Self::Policy => "change the routing policy",
            Self::Import => "import tables",
            Self::Money => "change terms or decide claims",
            Self::People => "change who may do what",
            Self::Audit => "see who did what",
        }
    }

    /// As stored, and as the API takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::SeeMoney => "see-money",
            Self::WorkOrders => "work-orders",
            Self::EndOrders => "end-orders",
            Self::PlaceOrders => "place-orders",
            Self::SetStock => "set-stock",
            Self::TestOrders => "test-orders",
            Self::Partners => "partners",
            Self::Policy => "policy",
            Self::Import => "import",
            Self::Money => "money",
            Self::People => "people",
            Self::Audit => "audit",
        }
    }

    pub fn parse(text: &str) -> Option<Permission> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}
