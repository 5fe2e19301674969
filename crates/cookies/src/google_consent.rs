//! Google's Consent Mode: what a page tells Google was chosen, and what it told in traffic.
//!
//! [`GoogleConsent::of_visit`] makes what Google's tags are to be told out of the declaration and the
//! visit, so that they are told what the gate decides. Requests to Google carry it in the parameters
//! `gcs` and `gcd`. A recording therefore shows whether a page says "granted" before anybody was
//! asked, or after a refusal.

use crate::policy::{Item, Policy, PurposeKind};
use crate::{Visit, decide_item};

/// What a page told Google of one purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Told {
    /// Nothing.
    #[default]
    Unset,
    /// Denied.
    Denied,
    /// Granted.
    Granted,
}

/// What a page told Google.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the purposes of Consent Mode v2 in traffic")]
pub struct GoogleConsent {
    /// `ad_storage`: cookies for advertising.
    pub ad_storage: Told,
    /// `analytics_storage`: cookies for analytics.
    pub analytics_storage: Told,
    /// `ad_user_data`: sending data about the person for advertising.
    pub ad_user_data: Told,
    /// `ad_personalization`: personalised advertising.
    pub ad_personalization: Told,
}

impl GoogleConsent {
    /// What Google is to be told of a visit.
    ///
    /// Something is granted where the policy has items in use that need it, and all of them may be
    /// stored now; everything else is denied. Items for statistics need `analytics_storage`, those
    /// for advertising and its measurement `ad_storage` and `ad_user_data`, and those for
    /// advertising `ad_personalization`.
    ///
    /// ```
    /// use upheld_cookies::google_consent::GoogleConsent;
    /// use upheld_cookies::{Choice, UnixSeconds, Visit};
    /// # use upheld_cookies::policy::Policy;
    /// # let policy = Policy::parse_toml("schema = 1\nsite = { hosts = ['a.example'], \
    /// #     jurisdictions = ['uk'], updated = '2026-01-01' }\nitem = [{ name = '_ga', \
    /// #     kind = 'js-cookie', purposes = ['statistics'], lifetime = '1d' }]")?;
    /// let now = UnixSeconds(1_795_478_400); // your clock
    /// let visit = Visit::new(None, now).with_choice(Choice::made(&policy, &["statistics"], now));
    /// let told = GoogleConsent::of_visit(&policy, &visit);
    /// assert_eq!(told.to_gcs().as_deref(), Some("G101"));
    /// assert_eq!(
    ///     told.to_gtag_update(),
    ///     "gtag(\"consent\",\"update\",{\"ad_storage\":\"denied\",\"analytics_storage\":\"granted\",\
    ///      \"ad_user_data\":\"denied\",\"ad_personalization\":\"denied\"});"
    /// );
    /// # Ok::<(), upheld_cookies::policy::PolicyError>(())
    /// ```
    ///
    /// # Source
    ///
    /// Google, Consent mode reference: what each of the four enables.
    #[must_use]
    pub fn of_visit(policy: &Policy, visit: &Visit<'_>) -> Self {
        use PurposeKind::{AdMeasurement, Advertising, Statistics};

        let of_kinds = |kinds: &[PurposeKind]| {
            let mut needing = policy.items().iter().filter(|item| {
                item.is_live() && policy.purposes_of(item).any(|one| kinds.contains(&one.kind))
            });
            let may = |item: &Item| decide_item(policy, visit, item).is_allowed();
            let is_granted = needing.next().is_some_and(may) && needing.all(may);
            if is_granted { Told::Granted } else { Told::Denied }
        };
        let of_advertising = of_kinds(&[Advertising, AdMeasurement]);
        Self {
            ad_storage: of_advertising,
            analytics_storage: of_kinds(&[Statistics]),
            ad_user_data: of_advertising,
            ad_personalization: of_kinds(&[Advertising]),
        }
    }

    /// Writes the object that Google's tags take: what was told, by Google's names, in JSON.
    #[must_use]
    pub fn to_json(self) -> String {
        format!("{{{}}}", self.members().join(","))
    }

    /// Writes the call that a page makes before any tag of Google's: with `wait_for_update`, tags
    /// wait so many milliseconds for an update.
    ///
    /// # Source
    ///
    /// Google, Set up consent mode on websites.
    #[must_use]
    pub fn to_gtag_default(self, wait_for_update: Option<u32>) -> String {
        let wait = wait_for_update.map(|millis| format!("\"wait_for_update\":{millis}"));
        let members: Vec<String> = self.members().into_iter().chain(wait).collect();
        format!("gtag(\"consent\",\"default\",{{{}}});", members.join(","))
    }

    /// Writes the call that a page makes when a person has chosen.
    ///
    /// # Source
    ///
    /// Google, Set up consent mode on websites.
    #[must_use]
    pub fn to_gtag_update(self) -> String {
        format!("gtag(\"consent\",\"update\",{});", self.to_json())
    }

    /// Writes `gcs`, as [`Self::of_gcs`] reads it; `None` when only one of its two was told, which
    /// it has no form for.
    ///
    /// There is no such function for `gcd`, which Google does not describe.
    #[must_use]
    pub fn to_gcs(self) -> Option<String> {
        let digit = |told| match told {
            Told::Unset => '-',
            Told::Denied => '0',
            Told::Granted => '1',
        };
        let (ad, analytics) = (self.ad_storage, self.analytics_storage);
        let is_half = (ad == Told::Unset) != (analytics == Told::Unset);
        (!is_half).then(|| format!("G1{}{}", digit(ad), digit(analytics)))
    }

    fn members(self) -> Vec<String> {
        let word = |(name, told)| match told {
            Told::Unset => None,
            Told::Denied => Some(format!("\"{name}\":\"denied\"")),
            Told::Granted => Some(format!("\"{name}\":\"granted\"")),
        };
        self.purposes().into_iter().filter_map(word).collect()
    }

    /// Reads the query of an address; `None` when it has neither parameter, or none that is known.
    ///
    /// `gcd` says more, and counts where it says something.
    ///
    /// ```
    /// use upheld_cookies::google_consent::{GoogleConsent, Told};
    ///
    /// let url = "https://region1.google-analytics.com/g/collect?v=2&gcs=G101&gcd=11q1t1q1q5";
    /// let told = GoogleConsent::of_url(url).ok_or("nothing told")?;
    /// assert_eq!((told.ad_storage, told.analytics_storage), (Told::Denied, Told::Granted));
    /// # Ok::<(), &str>(())
    /// ```
    ///
    /// # Source
    ///
    /// Google publishes what the purposes mean, and not how they are written; the letters and
    /// their places are as practitioners have found them to be.
    #[must_use]
    pub fn of_url(url: &str) -> Option<Self> {
        let (_, query) = url.split_once('?')?;
        let query = query.split('#').next().unwrap_or(query);
        let pairs = || query.split(['&', ';']).filter_map(|pair| pair.split_once('='));
        let parameter = |name| pairs().find(|(key, _)| *key == name).map(|(_, value)| value);
        let short = parameter("gcs").and_then(Self::of_gcs);
        let long = parameter("gcd").and_then(Self::of_gcd);
        match (long, short) {
            (Some(long), Some(short)) => Some(long.or(short)),
            (long, short) => long.or(short),
        }
    }

    /// Reads `gcs`, such as `G101`: advertising, then analytics.
    #[must_use]
    pub fn of_gcs(text: &str) -> Option<Self> {
        let &[b'G', b'1', ad, analytics] = text.as_bytes() else { return None };
        let told = |digit| match digit {
            b'0' => Some(Told::Denied),
            b'1' => Some(Told::Granted),
            b'-' => Some(Told::Unset),
            _ => None,
        };
        let (ad_storage, analytics_storage) = (told(ad)?, told(analytics)?);
        Some(Self { ad_storage, analytics_storage, ..Self::default() })
    }

    /// Reads `gcd`, such as `11q1t1q1q5`: a letter to each purpose, between digits.
    #[must_use]
    pub fn of_gcd(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        let told = |at: usize| match text.get(at)? {
            b'l' => Some(Told::Unset),
            b'm' | b'p' | b'q' | b'u' => Some(Told::Denied),
            b'n' | b'r' | b't' | b'v' => Some(Told::Granted),
            _ => None,
        };
        let between = |at: &usize| text.get(*at).is_some_and(u8::is_ascii_digit);
        let is_framed = [0, 1, 3, 5, 7].iter().all(between);
        let [ad_storage, analytics_storage] = [told(2)?, told(4)?];
        let [ad_user_data, ad_personalization] = [told(6)?, told(8)?];
        let read = Self { ad_storage, analytics_storage, ad_user_data, ad_personalization };
        is_framed.then_some(read)
    }

    /// Where this says nothing, what the other says.
    fn or(self, other: Self) -> Self {
        let or = |this, other| if this == Told::Unset { other } else { this };
        Self {
            ad_storage: or(self.ad_storage, other.ad_storage),
            analytics_storage: or(self.analytics_storage, other.analytics_storage),
            ad_user_data: or(self.ad_user_data, other.ad_user_data),
            ad_personalization: or(self.ad_personalization, other.ad_personalization),
        }
    }

    /// Every purpose by Google's name for it, with what was told.
    #[must_use]
    pub const fn purposes(self) -> [(&'static str, Told); 4] {
        [
            ("ad_storage", self.ad_storage),
            ("analytics_storage", self.analytics_storage),
            ("ad_user_data", self.ad_user_data),
            ("ad_personalization", self.ad_personalization),
        ]
    }
}
