//! Roles of the brand's people and of a partner's people.

use super::permission::Permission;

/// What a person is here for. A person has one role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything, and who else may do what.
    BrandAdmin,
    /// Orders, stock, partners, policy.
    FulfilmentManager,
    /// Visits partners: onboards them, counts their stock.
    Field,
    /// Speaks with buyers: cancels, decides returns.
    Agent,
    /// Terms, statements, claims.
    Finance,
    /// Reads everything, changes nothing.
    Auditor,
    /// Everything of one partner.
    PartnerOwner,
    /// Picks and packs at one partner.
    Picker,
}

impl Role {
    pub const ALL: [Role; 8] = [
        Role::BrandAdmin,
        Role::FulfilmentManager,
        Role::Field,
        Role::Agent,
        Role::Finance,
        Role::Auditor,
        Role::PartnerOwner,
        Role::Picker,
    ];

    /// As stored, and as the command line takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BrandAdmin => "brand-admin",
            Self::FulfilmentManager => "fulfilment-manager",
            Self::Field => "field",
            Self::Agent => "agent",
            Self::Finance => "finance",
            Self::Auditor => "auditor",
            Self::PartnerOwner => "partner-owner",
            Self::Picker => "picker",
        }
    }

    pub fn parse(text: &str) -> Option<Role> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::BrandAdmin => "Brand admin",
            Self::FulfilmentManager => "Fulfilment manager",
            Self::Field => "Field",
            Self::Agent => "Agent",
            Self::Finance => "Finance",
            Self::Auditor => "Auditor",
            Self::PartnerOwner => "Partner owner",
            Self::Picker => "Picker",
        }
    }

    /// Whether a person of this role belongs to one partner and sees nothing else.
    pub fn is_of_partner(self) -> bool {
        match self {
            Self::PartnerOwner | Self::Picker => true,
            Self::BrandAdmin | Self::FulfilmentManager | Self::Field | Self::Agent | Self::Finance | Self::Auditor => {
                false
            }
        }
    }

    /// The table of who may do what. A partner's people may do it only with what is their partner's.
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::BrandAdmin => true,
            Self::FulfilmentManager => match permission {
                P::See | P::WorkOrders | P::EndOrders | P::PlaceOrders | P::SetStock => true,
                P::TestOrders | P::Partners | P::Policy | P::Import => true,
                P::SeeMoney | P::Money | P::People | P::Audit => false,
            },
            Self::Field => match permission {
                P::See | P::SetStock | P::TestOrders | P::Partners => true,
                P::WorkOrders | P::EndOrders | P::PlaceOrders | P::Policy | P::Import => false,
                P::SeeMoney | P::Money | P::People | P::Audit => false,
            },
            Self::Agent => match permission {
                P::See | P::EndOrders | P::PlaceOrders => true,
                P::WorkOrders | P::SetStock | P::TestOrders | P::Partners | P::Policy | P::Import => false,
                P::SeeMoney | P::Money | P::People | P::Audit => false,
            },
            Self::Finance => match permission {
                P::See | P::SeeMoney | P::Money => true,
                P::WorkOrders | P::EndOrders | P::PlaceOrders | P::SetStock | P::TestOrders => false,
                P::Partners | P::Policy | P::Import | P::People | P::Audit => false,
            },
            Self::Auditor => match permission {
                P::See | P::SeeMoney | P::Audit => true,
                P::WorkOrders | P::EndOrders | P::PlaceOrders | P::SetStock | P::TestOrders => false,
                P::Partners | P::Policy | P::Import | P::Money | P::People => false,
            },
            Self::PartnerOwner => match permission {
                P::See | P::SeeMoney | P::WorkOrders | P::EndOrders | P::SetStock | P::TestOrders => true,
                P::PlaceOrders | P::Partners | P::Policy | P::Import | P::Money => false,
                P::People | P::Audit => false,
            },
            Self::Picker => match permission {
                P::See | P::WorkOrders => true,
                P::EndOrders | P::PlaceOrders | P::SetStock | P::TestOrders | P::SeeMoney => false,
                P::Partners | P::Policy | P::Import | P::Money | P::People | P::Audit => false,
            },
        }
    }
}
