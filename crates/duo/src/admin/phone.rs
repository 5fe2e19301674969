//! Phones.

use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};

use crate::auth::{Capability, DeviceId};
use crate::reply::{self, null_as_default};
use crate::{Application, Call, Params, Repeat, ReplyError, RequestError, UnixSeconds};

/// Names a phone: the Auth API calls it by the same name.
pub type PhoneId = DeviceId;

/// A phone, or a tablet with Duo Mobile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Phone {
    /// Its name at Duo.
    pub phone_id: PhoneId,
    /// Its number, with a plus and the country; empty for a tablet.
    #[serde(default)]
    pub number: Option<String>,
    /// What it is called.
    #[serde(default)]
    pub name: Option<String>,
    /// `Mobile`, `Landline`, `Tablet` or `Unknown`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Its system.
    #[serde(default)]
    pub platform: Option<String>,
    /// What it can do.
    #[serde(default, deserialize_with = "null_as_default")]
    pub capabilities: Vec<Capability>,
    /// Whether Duo Mobile is set up on it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub activated: bool,
}

/// Makes a phone, which belongs to nobody until it is attached.
#[derive(Clone, Debug)]
pub struct CreatePhone(Params);

impl CreatePhone {
    /// A mobile phone of this number, with a plus and the country.
    #[must_use]
    pub fn mobile(number: &str) -> Self {
        Self(Params::new().with("number", number).with("type", "mobile"))
    }

    /// A landline of this number.
    #[must_use]
    pub fn landline(number: &str) -> Self {
        Self(Params::new().with("number", number).with("type", "landline"))
    }

    /// Calls it by a name.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        self.0.push("name", name);
        self
    }
}

impl Call for CreatePhone {
    type Output = Phone;

    const REPEAT: Repeat = Repeat::AfterRefusal;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        application.sign(Method::POST, "/admin/v1/phones", &self.0, now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<Phone, ReplyError> {
        reply::read(reply, Self::MAX_REPLY_BYTES)
    }
}
