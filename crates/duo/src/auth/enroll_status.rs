//! `POST /auth/v2/enroll_status`

use http::{Method, Request, Response};

use super::{Enrollment, UserId};
use crate::open::open_enum;
use crate::reply;
use crate::{Application, Call, Params, Repeat, ReplyError, RequestError, SecretText, UnixSeconds};

/// Asks whether a person has set up Duo Mobile.
#[derive(Clone, Debug)]
pub struct EnrollStatus {
    user_id: UserId,
    activation_code: SecretText,
}

open_enum! {
    /// How far an enrolment is.
    EnrollmentStatus {
        /// The phone is set up.
        Success = "success",
        /// The code is used up, too old or of somebody else.
        Invalid = "invalid",
        /// Not yet.
        Waiting = "waiting",
    }
}

impl EnrollStatus {
    /// Asks about this enrolment.
    #[must_use]
    pub fn of(enrollment: &Enrollment) -> Self {
        Self::new(enrollment.user_id.clone(), enrollment.activation_code.clone())
    }

    /// Asks by what was stored of an enrolment.
    #[must_use]
    pub const fn new(user_id: UserId, activation_code: SecretText) -> Self {
        Self { user_id, activation_code }
    }
}

impl Call for EnrollStatus {
    type Output = EnrollmentStatus;

    const REPEAT: Repeat = Repeat::Freely;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let params = Params::new()
            .with("user_id", self.user_id.as_str())
            .with("activation_code", self.activation_code.expose());
        application.sign(Method::POST, "/auth/v2/enroll_status", &params, now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<EnrollmentStatus, ReplyError> {
        reply::read(reply, Self::MAX_REPLY_BYTES)
    }
}
