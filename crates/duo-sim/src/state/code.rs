//! What somebody typed: which of all their codes is it?

use super::State;

/// Whose code it was, as the log names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CodeFound(pub(crate) &'static str);

impl State {
    /// Uses a passcode up, whatever it is of.
    pub(crate) fn use_passcode(
        &mut self,
        user_id: &str,
        typed: &str,
        now: u64,
    ) -> Option<CodeFound> {
        let user = self.users.iter_mut().find(|user| user.id == user_id)?;
        if user.use_bypass_code(typed, now) {
            return Some(CodeFound("bypass_code"));
        }
        let (phone_ids, token_ids) = (user.phones.clone(), user.tokens.clone());
        for id in phone_ids {
            let Some(phone) = self.phone_mut(&id) else { continue };
            if phone.use_sms_code(typed) {
                return Some(CodeFound("sms_passcode"));
            }
            if phone.use_mobile_code(typed, now) {
                return Some(CodeFound("duo_mobile_passcode"));
            }
        }
        for id in token_ids {
            let Some(token) = self.token_mut(&id) else { continue };
            if token.use_code(typed, now) {
                return Some(CodeFound("hardware_token"));
            }
        }
        None
    }
}
