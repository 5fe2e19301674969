//! Sections by number and name, and how their texts are filled up.

use crate::bits::BitWriter;

/// How a section's text is filled up with zero bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Padding {
    /// To whole characters of six bits, as the specification says.
    #[default]
    Shortest,
    /// To whole bytes and then to whole characters, as the IAB's own encoders do.
    Bytes,
}

impl Padding {
    pub(super) fn finish(self, bits: BitWriter) -> String {
        match self {
            Self::Shortest => bits.finish(),
            Self::Bytes => bits.finish_bytes(),
        }
    }
}

/// A section that can be read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SectionId {
    /// 2: the European Union, TCF 2.
    TcfEuV2,
    /// 6: US Privacy.
    UspV1,
    /// 7: the United States.
    UsNat,
    /// 8: California.
    UsCa,
    /// 9: Virginia.
    UsVa,
    /// 10: Colorado.
    UsCo,
    /// 11: Utah.
    UsUt,
    /// 12: Connecticut.
    UsCt,
    /// 13: Florida.
    UsFl,
    /// 14: Montana.
    UsMt,
    /// 15: Oregon.
    UsOr,
    /// 16: Texas.
    UsTx,
    /// 17: Delaware.
    UsDe,
    /// 18: Iowa.
    UsIa,
    /// 19: Nebraska.
    UsNe,
    /// 20: New Hampshire.
    UsNh,
    /// 21: New Jersey.
    UsNj,
    /// 22: Tennessee.
    UsTn,
    /// 23: Minnesota.
    UsMn,
    /// 24: Maryland.
    UsMd,
    /// 25: Indiana.
    UsIn,
    /// 26: Kentucky.
    UsKy,
    /// 27: Rhode Island.
    UsRi,
}

const ALL: [(SectionId, u16, &str); 23] = [
    (SectionId::TcfEuV2, 2, "tcfeuv2"),
    (SectionId::UspV1, 6, "uspv1"),
    (SectionId::UsNat, 7, "usnat"),
    (SectionId::UsCa, 8, "usca"),
    (SectionId::UsVa, 9, "usva"),
    (SectionId::UsCo, 10, "usco"),
    (SectionId::UsUt, 11, "usut"),
    (SectionId::UsCt, 12, "usct"),
    (SectionId::UsFl, 13, "usfl"),
    (SectionId::UsMt, 14, "usmt"),
    (SectionId::UsOr, 15, "usor"),
    (SectionId::UsTx, 16, "ustx"),
    (SectionId::UsDe, 17, "usde"),
    (SectionId::UsIa, 18, "usia"),
    (SectionId::UsNe, 19, "usne"),
    (SectionId::UsNh, 20, "usnh"),
    (SectionId::UsNj, 21, "usnj"),
    (SectionId::UsTn, 22, "ustn"),
    (SectionId::UsMn, 23, "usmn"),
    (SectionId::UsMd, 24, "usmd"),
    (SectionId::UsIn, 25, "usin"),
    (SectionId::UsKy, 26, "usky"),
    (SectionId::UsRi, 27, "usri"),
];

impl SectionId {
    /// The section of a number.
    #[must_use]
    pub fn of(number: u16) -> Option<Self> {
        ALL.iter().find(|(_, other, _)| *other == number).map(|(id, ..)| *id)
    }

    /// The section of a name such as `usnat`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ALL.iter().find(|(.., other)| *other == name).map(|(id, ..)| *id)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u16 {
        ALL.iter().find(|(id, ..)| *id == self).map_or(0, |(_, number, _)| *number)
    }

    /// Its name, such as `usnat`.
    #[must_use]
    pub fn name(self) -> &'static str {
        ALL.iter().find(|(id, ..)| *id == self).map_or("", |(.., name)| name)
    }
}
