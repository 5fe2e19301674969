//! `Totp::find` agrees with the simplest verifier there could be, whatever the clock says.

use upheld_totp::{
    Code, Match, Parameters, Period, Secret, SecretError, Step, Totp, UnixSeconds, Window,
};

use crate::bytes::Bytes;
use crate::reference::{Key, decimal, with_other_digits};

/// Looks for a code in a window.
///
/// | bytes | meaning |
/// |---|---|
/// | 1, 1 | algorithm, digits |
/// | 4, 8, 8 | period, `t0`, now |
/// | 1, 1 | steps behind and ahead |
/// | 1, 1 | how much wider a second window is on either side |
/// | 1, 8 | last used step: below 2 none, below 128 this one, else the current one plus the last of these bytes |
/// | 1, 4 | code: below 128 that of the current step plus the last of these bytes, below 192 this number, else again that of the step, with zeros before it or digits left out |
/// | rest | secret |
pub fn totp_match(data: &[u8]) {
    let mut input = Bytes(data);
    let (algorithm, digits) = (input.algorithm(), input.digits());
    let period = Period::from_seconds(input.u32().max(1)).expect("a period above zero");
    let (t0, now) = (UnixSeconds(input.u64()), UnixSeconds(input.u64()));
    let narrow = Sides { behind: input.u8() % 11, ahead: input.u8() % 11 };
    let wide = narrow.widened(input.u8(), input.u8());
    let used = (input.u8(), input.u64());
    let typed = (input.u8(), input.u32());
    let bytes = input.rest();

    let secret = match Secret::from_bytes_allowing_weak(bytes) {
        Ok(secret) => secret,
        Err(SecretError::Empty) if bytes.is_empty() => return,
        Err(SecretError::TooLong) if bytes.len() > 256 => return,
        Err(error) => panic!("a secret of {} bytes was refused: {error}", bytes.len()),
    };
    let totp = Totp::new(&secret, Parameters { algorithm, digits, period, t0 });
    let key = Key { algorithm, digits, bytes };
    let current = current(now, t0, period);
    check_step(&totp, current, now, t0);
    assert_eq!(totp.code_at(now).to_text().expose(), key.code(current));

    let last_used = match used.0 {
        0..2 => None,
        2..128 => Some(Step(used.1)),
        _ => Some(Step(near(current, used.1))),
    };
    let text = match typed.0 {
        0..128 => key.code(near(current, typed.1.into())),
        128..192 => decimal(typed.1.into(), digits),
        _ => with_other_digits(&key.code(near(current, typed.1.into()))),
    };
    let case = Case { totp: &totp, key: &key, text: &text, now, current };
    case.check(narrow, wide, last_used);
}

#[derive(Clone, Copy)]
struct Sides {
    behind: u8,
    ahead: u8,
}

impl Sides {
    /// At least as wide, and at most as wide as a window may be.
    fn widened(self, behind: u8, ahead: u8) -> Self {
        let more = |side: u8, by: u8| side + by % (Window::MAX + 1 - side);
        Self { behind: more(self.behind, behind), ahead: more(self.ahead, ahead) }
    }

    fn window(self) -> Window {
        Window::new(self.behind, self.ahead).expect("neither side is above the limit")
    }
}

struct Case<'a> {
    totp: &'a Totp,
    key: &'a Key<'a>,
    text: &'a str,
    now: UnixSeconds,
    current: u64,
}

impl Case<'_> {
    fn check(&self, narrow: Sides, wide: Sides, last_used: Option<Step>) {
        let found = self.find(narrow, last_used);
        assert_eq!(found, self.expected(narrow, last_used));
        let wider = self.find(wide, last_used);
        assert_eq!(wider, self.expected(wide, last_used));

        match (found, wider) {
            (Match::Unused { step: in_narrow, .. }, Match::Unused { step: in_wide, .. })
            | (Match::Used { step: in_narrow }, Match::Used { step: in_wide }) => {
                assert!(in_narrow <= in_wide, "a wider window found an older step");
            }
            (Match::Wrong, _) | (Match::Used { .. }, Match::Unused { .. }) => {}
            (found, wider) => panic!("a wider window turned {found:?} into {wider:?}"),
        }

        let Match::Unused { step, .. } = found else { return };
        assert!(last_used < Some(step), "a step was accepted that is not newer than the last");
        assert_eq!(self.find(narrow, Some(step)), Match::Used { step }, "accepted twice");
        assert!(!matches!(self.find(narrow, Some(Step(u64::MAX))), Match::Unused { .. }));
    }

    fn find(&self, sides: Sides, last_used: Option<Step>) -> Match {
        let code = Code::parse(self.text).expect("digits are a code");
        self.totp.find(&code, self.now, sides.window(), last_used)
    }

    /// Every step of the window whose code is the text, then the newest that was not used yet.
    fn expected(&self, sides: Sides, last_used: Option<Step>) -> Match {
        let offsets = -i16::from(sides.behind)..=i16::from(sides.ahead);
        let steps = offsets.filter_map(|offset| {
            let step = u64::try_from(i128::from(self.current) + i128::from(offset)).ok()?;
            (self.key.code(step) == self.text).then_some((offset, step))
        });
        let (unused, used): (Vec<_>, Vec<_>) =
            steps.partition(|(_, step)| last_used.is_none_or(|last| last.0 < *step));
        match (unused.last(), used.last()) {
            (Some((offset, step)), _) => Match::Unused {
                step: Step(*step),
                offset: i8::try_from(*offset).expect("a window is ten steps wide"),
            },
            (None, Some((_, step))) => Match::Used { step: Step(*step) },
            (None, None) => Match::Wrong,
        }
    }
}

//= RFC 6238 §4.2: T is the number of whole periods between T0 and now
fn current(now: UnixSeconds, t0: UnixSeconds, period: Period) -> u64 {
    let since = (i128::from(now.0) - i128::from(t0.0)).max(0);
    u64::try_from(since / i128::from(period.as_seconds())).expect("it is no later than now")
}

/// The step begins no later than now, and the next one later than now if it begins at all.
fn check_step(totp: &Totp, current: u64, now: UnixSeconds, t0: UnixSeconds) {
    let step = totp.step_at(now);
    assert_eq!(step, Step(current));
    let start = totp.start_of(step);
    assert!(start <= now.max(t0));
    let next = totp.start_of(Step(current.saturating_add(1)));
    assert!(next > now || next == UnixSeconds(u64::MAX));
}

/// `step` moved by the last byte of `by`, as far as there are steps.
fn near(step: u64, by: u64) -> u64 {
    let [.., last] = by.to_be_bytes();
    step.saturating_add_signed(last.cast_signed().into())
}
