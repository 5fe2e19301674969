//! What can go wrong, to order.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that goes wrong with a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
#[expect(clippy::exhaustive_enums, reason = "tests write them out")]
pub enum Fault {
    /// The status 429.
    RateLimited {
        /// What `Retry-After` says, if there is to be one.
        #[serde(default)]
        retry_after: Option<String>,
        /// Whether it is called `X-Retry-After`.
        #[serde(default)]
        prefixed: bool,
    },
    /// A status with a page of HTML.
    Status {
        /// The status.
        status: u16,
    },
    /// No answer, ever.
    Hang,
    /// An answer that breaks off.
    Cut,
    /// An answer of 24 million bytes.
    Oversize,
    /// A success that is no JSON.
    NotJson,
    /// A redirect to somewhere else.
    Redirect,
    /// An answer of which a part is replaced, by a JSON pointer (RFC 6901); `null` removes it.
    Edit {
        /// Which part, `/response/result` for example.
        pointer: String,
        /// By what.
        value: Value,
    },
    /// An `id_token` of which a claim is replaced, in the same way.
    Claim {
        /// Which claim, `/auth_result/result` for example.
        pointer: String,
        /// By what.
        value: Value,
    },
    /// An `id_token` whose header names another algorithm: under the client secret by that one for
    /// `HS256` and `HS384`, without a signature for `none`, and else under HS512.
    Algorithm {
        /// Its name.
        name: String,
    },
    /// An `id_token` under another key.
    Key,
}

/// A fault, and when it strikes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "tests write them out")]
pub struct FaultAt {
    /// On requests whose path begins with this.
    pub path: String,
    /// How often.
    pub times: u32,
    /// What happens.
    pub fault: Fault,
}

/// Replaces a part of a JSON document.
pub(crate) fn edit(document: &mut Value, pointer: &str, value: &Value) {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return };
    let Some(Value::Object(members)) = document.pointer_mut(parent) else { return };
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value.clone());
    }
}
