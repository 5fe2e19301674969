//! What a person can be asked on, and which of it to take.

use serde::{Deserialize, Serialize};

use crate::open::open_enum;
use crate::reply::null_as_default;

/// Names a phone (`DP…`) or a token (`DH…`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceId(Box<str>);

/// A phone or a token of a person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Device {
    /// What to call it in a request.
    #[serde(rename = "device")]
    pub id: DeviceId,
    /// What it is.
    #[serde(rename = "type", default = "unnamed")]
    pub kind: DeviceType,
    /// What the person or an administrator called it; may be empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// What to show: the name and the end of the number.
    #[serde(default, deserialize_with = "null_as_default")]
    pub display_name: String,
    /// The number, all but its end hidden; may be empty.
    #[serde(default, deserialize_with = "null_as_default")]
    pub number: String,
    /// What it can do. Tokens have none listed.
    #[serde(default, deserialize_with = "null_as_default")]
    pub capabilities: Vec<Capability>,
    /// The first digit of the next passcode of the last text message.
    #[serde(default, rename = "sms_nextcode")]
    pub next_sms_code: Option<String>,
}

open_enum! {
    /// What a device is.
    DeviceType {
        /// A phone, or a tablet with Duo Mobile.
        Phone = "phone",
        /// A hardware token: its person enters a passcode.
        Token = "token",
    }
}

open_enum! {
    /// What a device can do.
    Capability {
        /// Whatever Duo thinks best.
        Auto = "auto",
        /// A push to Duo Mobile.
        Push = "push",
        /// A text message with passcodes.
        Sms = "sms",
        /// A call.
        Phone = "phone",
        /// Passcodes of Duo Mobile.
        MobileOtp = "mobile_otp",
    }
}

/// Which device to ask on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "ask the person when there are several"]
#[expect(clippy::exhaustive_enums, reason = "a caller must decide on each")]
pub enum DeviceChoice<'a> {
    /// The one the person chose earlier, or the only one.
    Use(&'a Device),
    /// The person must choose among these, because they have not yet, or what they chose is gone.
    Ask(Vec<&'a Device>),
    /// No device can do it.
    Unable,
}

/// Finds the device to ask on for `wanted`.
///
/// `preferred` is what the person chose at an earlier sign-in. It is looked up again each time:
/// forget it when the answer is [`DeviceChoice::Ask`].
pub fn choose<'a>(
    devices: &'a [Device],
    wanted: &Capability,
    preferred: Option<&DeviceId>,
) -> DeviceChoice<'a> {
    let able: Vec<&Device> =
        devices.iter().filter(|device| device.capabilities.contains(wanted)).collect();
    if let Some(device) = able.iter().find(|device| Some(&device.id) == preferred) {
        return DeviceChoice::Use(device);
    }
    match able.as_slice() {
        [] => DeviceChoice::Unable,
        [device] => DeviceChoice::Use(device),
        _ => DeviceChoice::Ask(able),
    }
}

impl DeviceId {
    /// Takes over what Duo called a device.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn unnamed() -> DeviceType {
    DeviceType::from("")
}
