//! Reading the XML of a container, element by element.
//!
//! The reader keeps the way down to the current element as a stack of places, so that an element
//! counts only where RFC 6030 §4 puts it. All others are skipped, their content too.

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::attributes::AttrError;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

use super::fault::{XmlFault, XmlFaultKind as Kind};
use super::place::{Of, Place};
use super::record::{Container, Record, Response, Value};
use crate::wiped::TextBuffer;
use crate::{ImportError, MAX_ENTRIES};

const AES_128_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
const HMAC_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#hmac-sha1";
const MAX_DEPTH: usize = 32;
const MAX_ATTRIBUTES: usize = 32;

/// Reads a container. Nothing in it is decrypted or checked yet.
pub(super) fn read(text: &str) -> Result<Container, ImportError> {
    let mut xml = NsReader::from_str(text);
    xml.config_mut().expand_empty_elements = true;
    let mut reader = Reader::default();
    loop {
        reader.at = usize::try_from(xml.buffer_position()).unwrap_or(usize::MAX);
        let (namespace, event) =
            xml.read_resolved_event().map_err(|_| reader.fault(Kind::Syntax))?;
        match event {
            Event::Start(element) | Event::Empty(element) => {
                let namespace = match namespace {
                    ResolveResult::Bound(namespace) => namespace.into_inner(),
                    _ => "",
                };
                reader.open(namespace, &element)?;
            }
            Event::End(_) => reader.close()?,
            Event::Text(text) => reader.text(&text)?,
            Event::CData(text) => reader.text(&text)?,
            Event::GeneralRef(name) => match (name.resolve_char_ref(), resolve_xml_entity(&name)) {
                (Ok(Some(character)), _) => reader.text(character.encode_utf8(&mut [0; 4]))?,
                (Ok(None), Some(text)) => reader.text(text)?,
                _ => return Err(reader.fault(Kind::Entity).into()),
            },
            Event::Decl(declaration) => match declaration.encoding() {
                Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") || text.is_ascii() => {}
                None => {}
                _ => return Err(reader.fault(Kind::Encoding).into()),
            },
            Event::DocType(_) => return Err(reader.fault(Kind::Dtd).into()),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return Ok(reader.finish()?),
        }
    }
}

#[derive(Default)]
struct Reader {
    container: Container,
    /// The key that is being read.
    key: Record,
    /// The serial number of the device in the current package.
    serial: Option<String>,
    path: Vec<Place>,
    text: TextBuffer,
    seen_root: bool,
    at: usize,
}

impl Reader {
    fn open(&mut self, namespace: &str, element: &BytesStart<'_>) -> Result<(), ImportError> {
        let parent = self.place();
        let place = parent.child(namespace, element.local_name().into_inner());
        if parent.is_text() {
            return Err(self.fault(Kind::Content).into());
        }
        if self.path.len() >= MAX_DEPTH {
            return Err(self.fault(Kind::TooDeep).into());
        }
        match place {
            _ if parent == Place::Document && (self.seen_root || place != Place::Container) => {
                return Err(self.fault(Kind::Root).into());
            }
            Place::Container => {
                let [version] = self.attributes(element, ["Version"])?;
                if !version.is_some_and(|version| matches!(version.trim(), "1" | "1.0")) {
                    return Err(self.fault(Kind::Root).into());
                }
                self.seen_root = true;
            }
            Place::OtherKey => self.container.other_key = true,
            Place::Signature => self.container.signed = true,
            Place::MacMethod => {
                let [algorithm] = self.attributes(element, ["Algorithm"])?;
                let known = algorithm.is_some_and(|name| name.trim() == HMAC_SHA1);
                let again = self.container.hmac_sha1.replace(known).is_some();
                self.once(again)?;
            }
            Place::Method(of) => {
                let [algorithm] = self.attributes(element, ["Algorithm"])?;
                let known = algorithm.is_some_and(|name| name.trim() == AES_128_CBC);
                let again = self.value(of).aes_128_cbc.replace(known).is_some();
                self.once(again)?;
            }
            Place::Package => self.serial = None,
            Place::Key => self.open_key(element)?,
            Place::ResponseFormat => {
                let [length, encoding, check_digits] =
                    self.attributes(element, ["Length", "Encoding", "CheckDigits"])?;
                let response = Response { length, encoding, check_digits };
                let again = self.key.response.replace(response).is_some();
                self.once(again)?;
            }
            Place::Policy => self.key.policy = true,
            _ => {}
        }
        self.text = TextBuffer::default();
        self.path.push(place);
        Ok(())
    }

    fn open_key(&mut self, element: &BytesStart<'_>) -> Result<(), ImportError> {
        if self.container.keys.len() >= MAX_ENTRIES {
            return Err(ImportError::TooManyEntries);
        }
        let [algorithm, id] = self.attributes(element, ["Algorithm", "Id"])?;
        let serial = self.serial.clone();
        self.key = Record { algorithm, id, serial, ..Record::default() };
        Ok(())
    }

    fn close(&mut self) -> Result<(), XmlFault> {
        let place = self.path.pop().unwrap_or(Place::Document);
        if place == Place::Key {
            self.container.keys.push(core::mem::take(&mut self.key));
        }
        if !place.is_text() {
            return Ok(());
        }
        let text = core::mem::take(&mut self.text).into_text();
        let again = match place {
            Place::Plain(of) => self.value(of).plain.replace(text).is_some(),
            Place::Cipher(of) => self.value(of).cipher.replace(text).is_some(),
            Place::Mac(of) => self.value(of).mac.replace(text).is_some(),
            // A friendly name may be given in several languages; the first is taken.
            Place::FriendlyName => {
                self.key.friendly_name.get_or_insert_with(|| text.to_string());
                false
            }
            _ => self.name(place).is_some_and(|name| name.replace(text.to_string()).is_some()),
        };
        self.once(again)
    }

    fn name(&mut self, place: Place) -> Option<&mut Option<String>> {
        match place {
            Place::SerialNo => Some(&mut self.serial),
            Place::Issuer => Some(&mut self.key.issuer),
            Place::UserId => Some(&mut self.key.user_id),
            Place::Suite => Some(&mut self.key.suite),
            _ => None,
        }
    }

    fn text(&mut self, text: &str) -> Result<(), XmlFault> {
        match self.place() {
            Place::Document if !text.trim_ascii().is_empty() => Err(self.fault(Kind::Syntax)),
            place => {
                if place.is_text() {
                    self.text.push(text);
                }
                Ok(())
            }
        }
    }

    /// The values of the attributes called `names`; those with a prefix are others.
    fn attributes<const N: usize>(
        &self,
        element: &BytesStart<'_>,
        names: [&str; N],
    ) -> Result<[Option<String>; N], XmlFault> {
        let mut values = [const { None }; N];
        for (count, attribute) in element.attributes().enumerate() {
            if count >= MAX_ATTRIBUTES {
                return Err(self.fault(Kind::TooManyAttributes));
            }
            let attribute = attribute.map_err(|error| match error {
                AttrError::Duplicated(..) => self.fault(Kind::Duplicate),
                _ => self.fault(Kind::Syntax),
            })?;
            let known = names.iter().position(|name| *name == attribute.key.into_inner());
            if let Some(slot) = known.and_then(|place| values.get_mut(place)) {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                *slot = Some(value.map_err(|_| self.fault(Kind::Entity))?.into_owned());
            }
        }
        Ok(values)
    }

    fn place(&self) -> Place {
        self.path.last().copied().unwrap_or(Place::Document)
    }

    fn value(&mut self, of: Of) -> &mut Value {
        match of {
            Of::MacKey => &mut self.container.mac_key,
            Of::Secret => &mut self.key.secret,
            Of::Counter => &mut self.key.counter,
            Of::Time => &mut self.key.time,
            Of::Interval => &mut self.key.interval,
            Of::Drift => &mut self.key.drift,
        }
    }

    fn once(&self, again: bool) -> Result<(), XmlFault> {
        if again { Err(self.fault(Kind::Duplicate)) } else { Ok(()) }
    }

    fn finish(self) -> Result<Container, XmlFault> {
        if !self.path.is_empty() {
            return Err(self.fault(Kind::CutOff));
        }
        if !self.seen_root {
            return Err(self.fault(Kind::Root));
        }
        if self.container.keys.is_empty() {
            return Err(self.fault(Kind::NoKey));
        }
        Ok(self.container)
    }

    const fn fault(&self, kind: Kind) -> XmlFault {
        XmlFault { kind, at: self.at }
    }
}
