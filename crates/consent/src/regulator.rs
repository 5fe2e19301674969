//! How the regulator of the United Kingdom is reached, on letters and receipts.
//!
//! There is no postal address here. The office that it had for 40 years, Wycliffe House in Wilmslow,
//! was to be left in autumn 2026 for Circle Square in Manchester (House of Commons, Westminster Hall
//! debate of 16 July 2025), and an address that is out of date sends a complaint into the void. No
//! provision asks for one: Article 12(4) wants the possibility to be told.
//!
//! The functions of the Commissioner go to the Information Commission when section 119 of the Data
//! (Use and Access) Act 2025 is fully in force (SI 2026/386, regulation 1(2)). Both are named,
//! and the ways to reach either are the same.

/// The name, for people.
pub(crate) const NAME: &str = "Information Commissioner, or the Information Commission, \
                               which takes over from the Commissioner";
/// The body's name, for programs.
pub(crate) const BODY: &str = "Information Commissioner's Office";
/// The helpline.
pub(crate) const TELEPHONE: &str = "0303 123 1113";
/// The same, with the code of the country, for programs.
pub(crate) const TELEPHONE_ABROAD: &str = "+44 303 123 1113";
/// Where complaints are made.
pub(crate) const COMPLAINTS: &str = "https://ico.org.uk/make-a-complaint/";
