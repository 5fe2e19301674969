//! Google's Consent Mode as it shows in traffic: what a page told Google was chosen.
//!
//! Requests to Google carry the state of consent in the parameters `gcs` and `gcd`. A recording
//! therefore shows whether a page says "granted" before anybody was asked, or after a refusal.

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
