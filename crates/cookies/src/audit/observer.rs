//! Watching entries go by.

use std::collections::{BTreeMap, BTreeSet, btree_map};

use super::beacon::{self, Parts};
use super::inventory::{Group, Inventory, Key, MAX_NAME, MAX_OBSERVATIONS, Observation, TooMany};
use super::{Evidence, Mark, Phase, Timeline, Told};
use crate::google_consent::GoogleConsent;
use crate::har::Entry;
use crate::policy::{DomainPattern, ItemKind, Lifetime, Policy};
use crate::sol::SharedObject;
use crate::{
    Host, Jar, Received, Request, RequestUrl, SameSite, SetCookie, SuffixList, UnixSeconds,
};

/// Watches entries of recordings, and keeps what they show.
#[derive(Clone, Debug)]
pub struct Observer<L> {
    suffixes: L,
    sites: BTreeSet<String>,
    hosts: Vec<DomainPattern>,
    declared: Option<Policy>,
    inventory: Inventory,
    timeline: Timeline,
    recording: String,
    entry: u64,
    /// The cookies that the last request to each host had, since consent was withdrawn.
    withdrawn: BTreeMap<String, (Evidence, BTreeSet<Key>)>,
    /// How many cookies these are in all.
    held: usize,
    /// The hosts whose first request after a turn has gone by.
    settled: BTreeSet<String>,
}

impl<L: SuffixList + Copy> Observer<L> {
    /// An observer for the site of some hosts.
    ///
    /// Without hosts, the site is that of the first entry.
    #[must_use]
    pub fn new(suffixes: L, hosts: Vec<DomainPattern>) -> Self {
        let mut observer = Self {
            suffixes,
            sites: BTreeSet::new(),
            hosts,
            declared: None,
            inventory: Inventory::default(),
            timeline: Timeline::always(Phase::BeforeChoice),
            recording: String::new(),
            entry: 0,
            withdrawn: BTreeMap::new(),
            held: 0,
            settled: BTreeSet::new(),
        };
        let sites = observer.hosts.iter().map(|host| observer.site(host.domain()));
        observer.sites = sites.collect();
        observer
    }

    /// An observer for a site that declares what it does.
    ///
    /// A beacon that looks like any other picture of the site, or a script of its own, is told by
    /// being declared.
    #[must_use]
    pub fn of_policy(suffixes: L, policy: &Policy) -> Self {
        let observer = Self::new(suffixes, policy.site().hosts.clone());
        Self { declared: Some(policy.clone()), ..observer }
    }

    /// Says that the entries to come are of another recording, and what its phases are.
    pub fn begin_recording(&mut self, name: &str, timeline: Timeline) {
        name.clone_into(&mut self.recording);
        self.inventory.recordings.push(name.to_owned());
        self.timeline = timeline;
        self.entry = 0;
        self.settled.clear();
    }

    /// The marks of the recording's phases that no entry has come to, once all were seen.
    pub fn missed_marks(&self) -> impl Iterator<Item = &Mark> {
        self.timeline.missed()
    }

    /// Takes notice of an entry.
    ///
    /// # Errors
    ///
    /// [`TooMany`].
    pub fn see(&mut self, entry: &Entry) -> Result<(), TooMany> {
        self.entry = self.entry.saturating_add(1);
        let phase = self.timeline.phase_of(entry);
        if let Some(is_there) = self.inventory.phases.get_mut(phase.index()) {
            *is_there = true;
        }
        // Addresses such as `data:` and `chrome-extension:` concern nobody.
        let Ok(url) = RequestUrl::parse(entry.url()) else { return Ok(()) };
        let host = url.host().as_str().to_owned();
        if self.sites.is_empty() {
            self.sites.extend([self.site(&host)]);
        }
        let evidence = self.evidence(entry);
        let is_third_party = self.is_third_party(&host);
        if is_third_party {
            let site = self.site(&host);
            self.inventory.third_parties.entry(site).or_insert_with(|| evidence.clone());
            if self.inventory.third_parties.len() > MAX_OBSERVATIONS {
                return Err(TooMany);
            }
        }
        self.see_sent(entry, &host, phase, &evidence)?;
        for field in entry.set_cookies() {
            self.see_set(field, &url, entry, phase, &evidence)?;
        }
        self.see_resource(entry, &url, is_third_party, phase, &evidence)?;
        self.see_told(entry, &host, phase, evidence);
        Ok(())
    }

    /// Takes notice of a Flash cookie that was found on a disk.
    ///
    /// `host` is the folder that Flash keeps it in: the host that stored it. `path` is where.
    ///
    /// # Errors
    ///
    /// [`TooMany`].
    pub fn see_shared_object(
        &mut self,
        object: &SharedObject<'_>,
        host: &str,
        path: &str,
    ) -> Result<(), TooMany> {
        let name = format!("{}.sol", object.name());
        let key = Key::of(Group::Flash, self.site(host), name.as_bytes());
        let evidence = Evidence { recording: path.to_owned(), entry: 0, url: String::new() };
        let observation = self.observe(key, ItemKind::FlashLso, host)?;
        observation.lifetime = Some(Lifetime::UntilDeleted);
        // Nobody knows when it was stored: it is there, whatever is chosen now.
        observation.note(Phase::Withdrawn, &evidence);
        Ok(())
    }

    /// What was seen.
    #[must_use]
    pub fn into_inventory(mut self) -> Inventory {
        for (evidence, keys) in core::mem::take(&mut self.withdrawn).into_values() {
            for key in keys {
                if let Some(observation) = self.inventory.seen.get_mut(&key) {
                    observation.note(Phase::Withdrawn, &evidence);
                }
            }
        }
        self.inventory
    }

    fn evidence(&self, entry: &Entry) -> Evidence {
        let url = entry.url().split(['?', '#']).next().unwrap_or_default();
        let url = url.chars().take(MAX_NAME).collect();
        Evidence { recording: self.recording.clone(), entry: self.entry, url }
    }

    /// The registrable domain, or the host where there is none.
    fn site(&self, host: &str) -> String {
        let is_address = Host::parse(host).is_ok_and(|host| host.is_address());
        let above = self.suffixes.registrable_domain(host).filter(|_| !is_address);
        above.unwrap_or(host).to_owned()
    }

    fn is_third_party(&self, domain: &str) -> bool {
        !self.sites.contains(&self.site(domain))
            && !self.hosts.iter().any(|host| host.matches(domain))
    }

    fn observe(
        &mut self,
        key: Key,
        kind: ItemKind,
        domain: &str,
    ) -> Result<&mut Observation, TooMany> {
        let is_third_party = self.is_third_party(domain);
        let is_full = self.inventory.seen.len() >= MAX_OBSERVATIONS;
        match self.inventory.seen.entry(key) {
            btree_map::Entry::Vacant(_) if is_full => Err(TooMany),
            btree_map::Entry::Vacant(vacant) => {
                let name = String::from_utf8_lossy(&vacant.key().name).into_owned();
                Ok(vacant.insert(Observation {
                    kind,
                    name,
                    domain: domain.to_owned(),
                    is_third_party,
                    lifetime: None,
                    is_cross_site: false,
                    first: [const { None }; 4],
                    removals: Vec::new(),
                }))
            }
            btree_map::Entry::Occupied(occupied) => {
                let found = occupied.into_mut();
                if domain.len() < found.domain.len() {
                    domain.clone_into(&mut found.domain);
                }
                Ok(found)
            }
        }
    }

    /// Cookies that a request carries.
    fn see_sent(
        &mut self,
        entry: &Entry,
        host: &str,
        phase: Phase,
        evidence: &Evidence,
    ) -> Result<(), TooMany> {
        let site = self.site(host);
        let mut sent = BTreeSet::new();
        for name in entry.cookie_names() {
            let key = Key::of(Group::Cookie, site.clone(), name);
            let observation = self.observe(key.clone(), ItemKind::JsCookie, host)?;
            // What the request that withdraws carries is not there in spite of it. What is still
            // carried last, is.
            if phase != Phase::Withdrawn {
                observation.note(phase, evidence);
            }
            sent.insert(key);
        }
        if phase == Phase::Withdrawn {
            let is_settled = !self.settled.insert(host.to_owned()) || !self.timeline.has_turned();
            if is_settled {
                self.held = self.held.saturating_add(sent.len());
                let before = self.withdrawn.insert(host.to_owned(), (evidence.clone(), sent));
                self.held = self.held.saturating_sub(before.map_or(0, |(_, keys)| keys.len()));
            }
            if self.settled.len() > MAX_OBSERVATIONS || self.held > MAX_OBSERVATIONS {
                return Err(TooMany);
            }
        }
        Ok(())
    }

    /// A cookie that a response sets or removes.
    fn see_set(
        &mut self,
        field: &[u8],
        url: &RequestUrl,
        entry: &Entry,
        phase: Phase,
        evidence: &Evidence,
    ) -> Result<(), TooMany> {
        let Ok(cookie) = SetCookie::parse(field) else { return Ok(()) };
        // Lifetimes by date need a clock; without one, only Max-Age says how long.
        let started = entry.started().map(crate::har::UnixMillis::to_seconds);
        let now = started.unwrap_or(UnixSeconds(0));
        let mut jar = Jar::new(self.suffixes);
        let outcome = jar.store(&cookie, &Request::new(url, now));
        let host = url.host().as_str();
        let domain = cookie.domain().and_then(|domain| str::from_utf8(domain).ok());
        let domain =
            domain.filter(|domain| !domain.is_empty()).and_then(|text| Host::parse(text).ok());
        let domain = domain.map_or_else(|| host.to_owned(), |domain| domain.as_str().to_owned());
        let site = self.site(host);
        let key = Key::of(Group::Cookie, site, cookie.name());
        match outcome {
            Received::Stored => {}
            Received::Expired { .. } => {
                if let Some((_, sent)) = self.withdrawn.get_mut(host) {
                    self.held = self.held.saturating_sub(usize::from(sent.remove(&key)));
                }
                if let Some(known) = self.inventory.seen.get_mut(&key) {
                    // A few of them say it all.
                    if known.removals.len() < 8 {
                        known.removals.push((without_value(&cookie, field), evidence.clone()));
                    }
                }
                return Ok(());
            }
            Received::Dropped(_) => return Ok(()),
        }
        let lifetime = match (started, cookie.max_age(), cookie.expiry(now)) {
            (None, None, Some(_)) => None,
            (_, _, None) => Some(Lifetime::Session),
            (_, _, Some(end)) => {
                let seconds = end.0.saturating_sub(now.0);
                Some(Lifetime::Seconds(u64::try_from(seconds).unwrap_or_default()))
            }
        };
        let observation = self.observe(key, ItemKind::HttpCookie, &domain)?;
        observation.kind = ItemKind::HttpCookie;
        observation.lifetime = observation.lifetime.max(lifetime);
        observation.is_cross_site |= cookie.same_site() == SameSite::None;
        observation.note(phase, evidence);
        Ok(())
    }

    /// A beacon, a script of a third party, or Flash.
    fn see_resource(
        &mut self,
        entry: &Entry,
        url: &RequestUrl,
        is_third_party: bool,
        phase: Phase,
        evidence: &Evidence,
    ) -> Result<(), TooMany> {
        let host = url.host().as_str();
        let path = String::from_utf8_lossy(url.path());
        let query = entry.url().split_once('?').map_or("", |(_, query)| query);
        let mime = entry.mime_type();
        let is_script =
            is_third_party && (mime.contains("javascript") || mime.contains("ecmascript"));
        let is_flash = mime == "application/x-shockwave-flash" || path == "/crossdomain.xml";
        let parts = Parts { host, path: &path, query };
        let name = format!("{host}{path}");
        let key = |group| Key::of(group, self.site(host), name.as_bytes());
        let (key, kind) = match beacon::kind(entry, &parts, is_third_party) {
            Some(kind) => (key(Group::Beacon), kind),
            None if is_script => (key(Group::Script), ItemKind::Script),
            None if is_flash => (key(Group::Flash), ItemKind::FlashLso),
            None => match self.declared_kind(&name, host) {
                Some(ItemKind::Script) => (key(Group::Script), ItemKind::Script),
                Some(kind) => (key(Group::Beacon), kind),
                None => return Ok(()),
            },
        };
        let observation = self.observe(key, kind, host)?;
        observation.note(phase, evidence);
        Ok(())
    }

    /// What the policy says that a resource is, if it says anything.
    fn declared_kind(&self, name: &str, host: &str) -> Option<ItemKind> {
        let kinds = [ItemKind::Beacon, ItemKind::Script];
        let item = self.declared.as_ref()?.find_item(name.as_bytes(), host, &kinds)?;
        Some(item.kind)
    }

    /// What Google was told.
    fn see_told(&mut self, entry: &Entry, host: &str, phase: Phase, evidence: Evidence) {
        let site = self.site(host);
        let is_google = ["google.com", "google-analytics.com", "doubleclick.net"]
            .iter()
            .chain(&["googleadservices.com", "googlesyndication.com", "googletagmanager.com"])
            .any(|google| site == *google);
        // Tags may be served through the site's own hosts, under Google's paths.
        let is_served = entry.url().contains("/g/collect?") || entry.url().contains("/pagead/");
        if !(is_google || is_served) {
            return;
        }
        let Some(consent) = GoogleConsent::of_url(entry.url()) else { return };
        let is_known = |told: &Told| told.consent == consent && told.phase == phase;
        if !self.inventory.told.iter().any(is_known) {
            self.inventory.told.push(Told { consent, phase, evidence });
        }
    }
}

/// A field with the value of the cookie taken out.
fn without_value(cookie: &SetCookie<'_>, field: &[u8]) -> Vec<u8> {
    let rest = field.iter().position(|byte| *byte == b';').and_then(|at| field.get(at..));
    [cookie.name(), b"=", rest.unwrap_or_default()].concat()
}
