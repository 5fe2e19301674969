//! What a site publishes from its declaration: the policy page, `gpc.json`, the IAB's disclosure of
//! device storage, and the configuration of a consent banner.
//!
//! Everything is a text made from a [`Policy`]: the same declaration gives the same bytes. The one
//! thing that changes with time is whether a way to opt out is still relied on, so that
//! [`PolicyPage`] takes a day. No page has that day on it: a page that was published goes stale only
//! when the declaration changes or a way to opt out lapses.
//!
//! ```
//! use upheld_cookies::Day;
//! use upheld_cookies::policy::Policy;
//! use upheld_cookies::publish::{PolicyPage, gpc_file};
//!
//! let policy = Policy::parse_toml(
//!     r#"
//!     schema = 1
//!     [site]
//!     name = "Elm Street <Clinic>"
//!     hosts = ["clinic.example"]
//!     jurisdictions = ["uk"]
//!     updated = "2026-11-23"
//!     [signals]
//!     gpc_file = true
//!     [[item]]
//!     name = "__Host-session"
//!     kind = "http-cookie"
//!     purposes = ["authentication"]
//!     lifetime = "session"
//!     basis = "strictly-necessary"
//!     "#,
//! )?;
//! let page = PolicyPage::new(&policy, Day::parse("2026-11-27")?);
//! let fragment = page.html_fragment(); // goes below an <h1> of yours
//! assert!(fragment.contains("Elm Street &lt;Clinic&gt;"));
//! assert!(page.markdown().contains("`__Host-session`"));
//! assert_eq!(gpc_file(&policy).as_deref(), Some(
//!     "{\n  \"gpc\": true,\n  \"lastUpdate\": \"2026-11-23\"\n}\n"
//! ));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The words of the page are English, or what a translator says they are. What the declaration says is
//! in its own language, and marked as such where that is another.

mod banner;
mod content;
pub mod device_storage;
mod document;
mod html;
mod json;
mod markdown;

pub use banner::{BannerCategory, BannerConfig, BannerItem, BannerTexts, ChoiceCookie};
pub use json::safe_in_script;

use crate::Day;
use crate::policy::Policy;

use document::Section;

/// What a text is in the language of a page; `None` if that is not known.
pub type Say<'s> = &'s dyn Fn(&str) -> Option<String>;

/// The policy page of a declaration, as of a day.
#[derive(Clone, Copy, Debug)]
pub struct PolicyPage<'a> {
    policy: &'a Policy,
    today: Day,
}

impl<'a> PolicyPage<'a> {
    /// The page as of `today`, which says which ways to opt out are still relied on.
    #[must_use]
    pub const fn new(policy: &'a Policy, today: Day) -> Self {
        Self { policy, today }
    }

    /// A complete HTML page that needs nothing else: no script, no font, no request.
    ///
    /// # Source
    ///
    /// WCAG 2.2 AA: 1.3.1 (structure), 1.4.3 (contrast), 1.4.10 (320 pixels), 2.4.1 (landmarks),
    /// 2.4.4 (links), 3.1.1 and 3.1.2 (languages).
    #[must_use]
    pub fn html_page(&self) -> String {
        html::page(&self.content(), self.policy)
    }

    /// The same as HTML to be put into a page of the site, below its `<h1>`: sections with headings
    /// from `<h2>` on, all of whose ids begin with `cookies-`.
    #[must_use]
    pub fn html_fragment(&self) -> String {
        self.html_fragment_in(html::ENGLISH, &html::as_it_is)
    }

    /// The same in another language: `say` gives what a text is there, without blanks around it.
    ///
    /// It is asked for the words of this crate, with `{}` for a number or a day, and for those of the
    /// declaration. Words of the crate that it does not know stay English; words of the declaration
    /// stay as they are and are marked as of their own language.
    ///
    /// ```
    /// use upheld_cookies::Day;
    /// # use upheld_cookies::policy::Policy;
    /// # let policy = Policy::parse_toml("schema = 1\nsite = { hosts = ['a.example'], \
    /// #     jurisdictions = ['uk'], updated = '2026-01-01' }\nitem = [{ name = 'a', \
    /// #     kind = 'js-cookie', purposes = ['statistics'], lifetime = '2d' }]")?;
    /// use upheld_cookies::publish::PolicyPage;
    ///
    /// let german = |english: &str| match english {
    ///     "{} days" => Some("{} Tage".to_owned()),
    ///     _ => None, // from a catalogue of yours
    /// };
    /// let page = PolicyPage::new(&policy, Day::parse("2026-11-27")?);
    /// assert!(page.html_fragment_in("de", &german).contains("<td>2 Tage</td>"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn html_fragment_in(&self, language: &str, say: Say<'_>) -> String {
        html::fragment(&self.content(), self.policy.language(), language, say)
    }

    /// How to refuse, as HTML for a page of its own below an `<h1>` of the site: by signals, by the
    /// ways of others, by the browser. Languages are as for [`Self::html_fragment_in`].
    #[must_use]
    pub fn html_opt_out_in(&self, language: &str, say: Say<'_>) -> String {
        let section = content::how_to_refuse(self.policy, self.today);
        html::fragment(&section, self.policy.language(), language, say)
    }

    /// The same in Markdown (`CommonMark` with the tables of GitHub).
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::page(&self.content())
    }

    /// The declaration with what follows from it, as JSON for programs.
    #[must_use]
    pub fn json(&self) -> String {
        json::page(self.policy, self.today)
    }

    fn content(&self) -> Section {
        content::page(self.policy, self.today)
    }
}

/// The file to serve at `/.well-known/gpc.json`, if the declaration has `gpc_file`.
///
/// # Source
///
/// W3C, Global Privacy Control, "GPC Support Resource".
#[must_use]
pub fn gpc_file(policy: &Policy) -> Option<String> {
    let document = serde_json::json!({
        //= W3C GPC, GPC support resource: `gpc` is true on a site that heeds the signal
        "gpc": true,
        //= W3C GPC, GPC support resource: `lastUpdate` is when that was last said
        "lastUpdate": policy.site().updated.to_string(),
    });
    policy.signals().gpc_file.then(|| json::text(&document))
}
