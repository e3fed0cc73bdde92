//! What goods that came back are worth, and what becomes of them.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Grade {
    /// As new: can be sold again.
    A,
    /// Opened, or a short life left.
    B,
    /// Damaged.
    C,
    /// Expired or recalled.
    D,
}

/// What becomes of the pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// Onto the shelf of the partner that has them.
    Restock,
    /// Sold off cheaply, elsewhere.
    Liquidate,
    ReturnToVendor,
    /// Destroyed; wants a note or a photo.
    Scrap,
}

impl Grade {
    pub const ALL: [Grade; 4] = [Grade::A, Grade::B, Grade::C, Grade::D];

    pub fn as_str(self) -> &'static str {
        match self {
            Grade::A => "A",
            Grade::B => "B",
            Grade::C => "C",
            Grade::D => "D",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Grade::A => "A: as new",
            Grade::B => "B: opened or short life",
            Grade::C => "C: damaged",
            Grade::D => "D: expired or recalled",
        }
    }

    pub fn parse(text: &str) -> Option<Grade> {
        Self::ALL.into_iter().find(|grade| grade.as_str() == text)
    }

    /// The whole table: only what is as new is sold as new, and nobody is sold what is damaged or expired.
    pub fn allows(self, disposition: Disposition) -> bool {
        use Disposition as D;
        match self {
            Grade::A => match disposition {
                D::Restock | D::Liquidate | D::ReturnToVendor | D::Scrap => true,
            },
            Grade::B => match disposition {
                D::Liquidate | D::ReturnToVendor | D::Scrap => true,
                D::Restock => false,
            },
            Grade::C | Grade::D => match disposition {
                D::ReturnToVendor | D::Scrap => true,
                D::Restock | D::Liquidate => false,
            },
        }
    }
}

impl Disposition {
    pub const ALL: [Disposition; 4] =
        [Disposition::Restock, Disposition::Liquidate, Disposition::ReturnToVendor, Disposition::Scrap];

    pub fn as_str(self) -> &'static str {
        match self {
            Disposition::Restock => "restock",
            Disposition::Liquidate => "liquidate",
            Disposition::ReturnToVendor => "return-to-vendor",
            Disposition::Scrap => "scrap",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Disposition::Restock => "Back on the shelf",
            Disposition::Liquidate => "Sell off",
            Disposition::ReturnToVendor => "Back to the vendor",
            Disposition::Scrap => "Destroy",
        }
    }

    pub fn parse(text: &str) -> Option<Disposition> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// What a person decided about the sound pieces of a return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grading {
    pub grade: Grade,
    pub disposition: Disposition,
    pub note: String,
    /// URL or name of the photo; empty when there is none.
    pub photo: String,
    pub by: String,
}

/// Why a grading is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadGrading {
    #[error("goods of grade {} cannot go this way: {}", .0.as_str(), .1.title())]
    NotForGrade(Grade, Disposition),
    #[error("destroying goods needs a note or a photo that shows it")]
    NoEvidence,
}

impl Grading {
    /// # Errors
    /// When the grade forbids the disposition, or goods are destroyed without evidence.
    pub fn check(&self) -> Result<(), BadGrading> {
        if !self.grade.allows(self.disposition) {
            return Err(BadGrading::NotForGrade(self.grade, self.disposition));
        }
        let shown = !self.note.trim().is_empty() || !self.photo.trim().is_empty();
        if self.disposition == Disposition::Scrap && !shown { Err(BadGrading::NoEvidence) } else { Ok(()) }
    }
}
