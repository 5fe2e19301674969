//! What happened in an authentication, as tokens and logs tell it.

use crate::open::open_enum;

open_enum! {
    /// What a person showed.
    FactorUsed {
        /// A push to Duo Mobile.
        DuoPush = "duo_push",
        /// A call.
        PhoneCall = "phone_call",
        /// A U2F token.
        U2fToken = "u2f_token",
        /// A hardware token.
        HardwareToken = "hardware_token",
        /// A bypass code.
        BypassCode = "bypass_code",
        /// A passcode of a text message.
        SmsPasscode = "sms_passcode",
        /// A passcode of Duo Mobile.
        DuoMobilePasscode = "duo_mobile_passcode",
        /// A passcode of a YubiKey.
        YubikeyCode = "yubikey_code",
        /// A passcode of a kind that Duo does not tell.
        Passcode = "passcode",
        /// A Digipass GO 7.
        DigipassGo7Token = "digipass_go_7_token",
        /// A security key.
        WebauthnSecurityKey = "WebAuthn Security Key",
        /// Touch ID in Chrome.
        WebauthnChromeTouchId = "WebAuthn Chrome Touch ID",
        /// Another authenticator of WebAuthn, such as the platform's.
        WebauthnCredential = "WebAuthn Credential",
        /// Nothing.
        NotAvailable = "not_available",
        /// Nothing: passcodes were sent.
        SmsRefresh = "sms_refresh",
        /// Nothing now: the device is remembered.
        RememberedDevice = "remembered_device",
        /// Nothing: the network is trusted.
        TrustedNetwork = "trusted_network",
        /// A phone that Duo trusts.
        TrustedMobileAuthenticator = "trusted_mobile_authenticator",
    }
}

open_enum! {
    /// How an authentication ended.
    EventResult {
        /// The person was let in.
        Success = "success",
        /// The person was not.
        Denied = "denied",
        /// The person said that this was not them.
        Fraud = "fraud",
    }
}

open_enum! {
    /// What the person wanted.
    EventType {
        /// To sign in.
        Authentication = "authentication",
        /// To enrol.
        Enrollment = "enrollment",
    }
}

open_enum! {
    /// Why an authentication ended as it did. Duo adds to these often.
    Reason {
        /// The person approved.
        UserApproved = "user_approved",
        /// The passcode was right.
        ValidPasscode = "valid_passcode",
        /// The person is in bypass mode.
        BypassUser = "bypass_user",
        /// The device is remembered.
        RememberedDevice = "remembered_device",
        /// The network is trusted.
        TrustedNetwork = "trusted_network",
        /// The place is trusted.
        TrustedLocation = "trusted_location",
        /// A policy lets in.
        AllowedByPolicy = "allowed_by_policy",
        /// Not enrolled, which is allowed.
        AllowUnenrolledUser = "allow_unenrolled_user",
        /// Not enrolled, which is allowed on a trusted network.
        AllowUnenrolledUserOnTrustedNetwork = "allow_unenrolled_user_on_trusted_network",
        /// The person reported fraud.
        UserMarkedFraud = "user_marked_fraud",
        /// The person cancelled.
        UserCancelled = "user_cancelled",
        /// The person did not answer a push.
        NoResponse = "no_response",
        /// The person pressed no key.
        NoKeysPressed = "no_keys_pressed",
        /// The call was not answered.
        CallTimedOut = "call_timed_out",
        /// The passcode was wrong.
        InvalidPasscode = "invalid_passcode",
        /// Too many failures.
        LockedOut = "locked_out",
        /// The person is disabled.
        UserDisabled = "user_disabled",
        /// Not enrolled, which is not allowed.
        DenyUnenrolledUser = "deny_unenrolled_user",
        /// The person is in no group that may.
        UserNotInPermittedGroup = "user_not_in_permitted_group",
        /// A policy refuses.
        DeniedByPolicy = "denied_by_policy",
        /// From there nobody may.
        LocationRestricted = "location_restricted",
        /// Not with this factor.
        FactorRestricted = "factor_restricted",
        /// From an address that hides where it is.
        AnonymousIp = "anonymous_ip",
        /// A push that looked odd.
        AnomalousPush = "anomalous_push",
        /// A device that is not known.
        InvalidDevice = "invalid_device",
        /// No phone with Duo Mobile.
        NoActivatedDuoMobileAccount = "no_activated_duo_mobile_account",
        /// Something went wrong.
        Error = "error",
    }
}

impl FactorUsed {
    /// Whether the person showed something just now. Unknown factors are not taken for it.
    ///
    /// Duo also lets in people on remembered devices, trusted networks and in bypass mode: what
    /// needs a second factor at this very sign-in should ask this too.
    #[must_use]
    pub const fn was_shown(&self) -> bool {
        !matches!(
            self,
            Self::NotAvailable
                | Self::SmsRefresh
                | Self::RememberedDevice
                | Self::TrustedNetwork
                | Self::Other(_)
        )
    }
}
