//! Laws that hold for every argument.

use proptest::prelude::*;
use upheld_totp::{
    Algorithm, Code, Counter, Digits, Factor, Hotp, KeyUri, Label, Match, Parameters, Period,
    Secret, Step, Totp, UnixSeconds, Window,
};

fn algorithms() -> impl Strategy<Value = Algorithm> {
    prop::sample::select(&[Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512][..])
}

fn digits() -> impl Strategy<Value = Digits> {
    prop::sample::select(&[Digits::Six, Digits::Seven, Digits::Eight][..])
}

fn periods() -> impl Strategy<Value = Period> {
    (1..=u32::MAX).prop_map(|seconds| Period::from_seconds(seconds).unwrap())
}

fn windows() -> impl Strategy<Value = Window> {
    (0..=10_u8, 0..=10_u8).prop_map(|(behind, ahead)| Window::new(behind, ahead).unwrap())
}

prop_compose! {
    fn credentials()(
        key in prop::collection::vec(any::<u8>(), 16..=70),
        algorithm in algorithms(),
        digits in digits(),
        period in prop_oneof![Just(Period::default()), periods()],
        t0 in prop_oneof![Just(0), any::<u64>()],
    ) -> Totp {
        let parameters = Parameters { algorithm, digits, period, t0: UnixSeconds(t0) };
        Totp::new(&Secret::from_bytes(&key).unwrap(), parameters)
    }
}

fn moments() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), 0..=1_000_u64, u64::MAX - 1_000..=u64::MAX]
}

proptest! {
    /// The steps found are those of the window that were not used, and no others.
    #[test]
    fn found_is_in_the_window_and_unused(
        totp in credentials(), now in moments(), window in windows(),
        last_used in prop::option::of(moments().prop_map(Step)), off in -12..=12_i64,
    ) {
        let now = UnixSeconds(now);
        let current = totp.step_at(now).0;
        let asked = current.saturating_add_signed(off);
        let (behind, ahead) = window.into();
        let code = totp.code(Step(asked));
        let inside = current.saturating_sub(behind.into()) <= asked && asked <= current.saturating_add(ahead.into());
        match totp.find(&code, now, window, last_used) {
            Match::Unused { step, offset } => {
                prop_assert!(last_used < Some(step));
                prop_assert_eq!(current.checked_add_signed(offset.into()), Some(step.0));
                prop_assert!(-i16::from(behind) <= offset.into() && i16::from(offset) <= ahead.into());
                prop_assert_eq!(totp.code(step), code);
                prop_assert!(!inside || step.0 >= asked || last_used >= Some(Step(asked)));
            }
            Match::Used { step } => {
                prop_assert!(Some(step) <= last_used);
                prop_assert!(!inside || last_used >= Some(Step(asked)));
            }
            Match::Wrong => prop_assert!(!inside),
        }
    }

    /// However submissions interleave, with the step stored between them, a code gets in once.
    #[test]
    fn a_step_is_accepted_at_most_once(
        totp in credentials(), start in moments(), window in windows(),
        submissions in prop::collection::vec((0..=6_u64, -3..=3_i64), 1..40),
    ) {
        let mut last_used = None;
        let mut accepted = Vec::new();
        for (wait, off) in submissions {
            let now = UnixSeconds(start.saturating_add(wait * 10));
            let code = totp.code(Step(totp.step_at(now).0.saturating_add_signed(off)));
            if let Match::Unused { step, .. } = totp.find(&code, now, window, last_used) {
                prop_assert!(!accepted.contains(&step));
                accepted.push(step);
                last_used = Some(step);
            }
        }
        prop_assert!(accepted.is_sorted());
    }

    /// A wider window accepts all that a narrower one does.
    #[test]
    fn wider_accepts_more(totp in credentials(), now in moments(), off in -12..=12_i64, narrow in 0..=9_u8) {
        let now = UnixSeconds(now);
        let code = totp.code(Step(totp.step_at(now).0.saturating_add_signed(off)));
        let find = |steps| totp.find(&code, now, Window::new(steps, steps).unwrap(), None);
        let (narrow, wide) = (find(narrow), find(narrow + 1));
        prop_assert!(narrow == Match::Wrong || wide != Match::Wrong);
    }

    #[test]
    fn resynchronisation_never_lowers_the_counter(
        key in prop::collection::vec(any::<u8>(), 20), next in moments(), ahead in 0..=300_u64, window in 0..=200_u16,
    ) {
        let token = Hotp::new(&Secret::from_bytes(&key).unwrap(), Algorithm::Sha1, Digits::Eight);
        let first = next.saturating_add(ahead);
        let codes = [token.code(Counter(first)), token.code(Counter(first.saturating_add(1)))];
        let found = token.resynchronize((&codes[0], &codes[1]), &[], Counter(next), window);
        prop_assert!(found.is_none_or(|found| found > Counter(next)));
        let reachable = first.checked_add(1).is_some_and(|last| last < next.saturating_add(window.into()));
        prop_assert!(!reachable || found >= first.checked_add(1).map(Counter));
    }

    #[test]
    fn base32_round_trip(bytes in prop::collection::vec(any::<u8>(), 1..=256)) {
        let secret = Secret::from_bytes_allowing_weak(&bytes).unwrap();
        let read = Secret::from_base32_allowing_weak(secret.to_base32().expose()).unwrap();
        prop_assert_eq!(read.expose(), &bytes);
    }

    /// What is read is canonical: written again it differs only in case, separators and padding.
    #[test]
    fn base32_of_any_text(text in "[A-Za-z0-9 =-]{0,40}|\\PC*") {
        if let Ok(secret) = Secret::from_base32_allowing_weak(&text) {
            let bare: String = text.chars().filter(|c| !" -=".contains(*c)).collect();
            prop_assert_eq!(secret.to_base32().expose().to_owned(), bare.to_uppercase());
        }
    }

    #[test]
    fn codes_of_any_text(text in "[0-9 ]{0,12}|\\PC*") {
        if let Ok(code) = Code::parse(&text) {
            prop_assert_eq!(code.to_text().expose().to_owned(), text.replace(' ', ""));
        }
    }

    #[test]
    fn t48_uri_round_trip(
        key in prop::collection::vec(any::<u8>(), 16..=64), algorithm in algorithms(), digits in digits(),
        issuer in prop::option::of("\\PC{1,20}"), account in "\\PC{1,20}",
        factor in prop_oneof![
            periods().prop_map(|period| Factor::Totp { period }),
            any::<u64>().prop_map(|counter| Factor::Hotp { counter: Counter(counter) }),
        ],
    ) {
        let Ok(label) = Label::new(issuer.as_deref(), &account) else { return Ok(()) };
        let secret = Secret::from_bytes(&key).unwrap();
        let uri = KeyUri { label: label.clone(), secret, algorithm, digits, factor };
        let text = uri.to_text();
        let read = KeyUri::parse(text.expose()).unwrap();
        prop_assert!(read.findings.is_empty());
        prop_assert_eq!((&read.uri.label, read.uri.algorithm, read.uri.digits, read.uri.factor), (&label, algorithm, digits, factor));
        prop_assert_eq!(read.uri.secret.expose(), &key);
        prop_assert_eq!(read.uri.to_text().expose().to_owned(), text.expose().to_owned());
    }

    /// Whatever the strict reader takes, the lenient one reads alike; faults lie in the text.
    #[test]
    fn strict_is_a_subset_of_lenient(text in "otpauth://[th]otp/[a-zA-Z:%+ 0-9]{0,8}\\?(secret=[A-Za-z2-7=%]{0,32}&?|issuer=[a-z+%]{0,5}&?|digits=[5-9]&?|counter=[0-9]{1,3}&?|period=[0-9]{1,3}&?|[a-z=&]{0,6}){1,6}|\\PC*") {
        let (strict, lenient) = (KeyUri::parse(&text), KeyUri::parse_lenient(&text));
        for fault in [&strict, &lenient].into_iter().filter_map(|read| read.as_ref().err()) {
            prop_assert!(fault.at <= text.len());
        }
        if let Ok(lenient) = &lenient {
            prop_assert!(lenient.findings.iter().all(|finding| finding.at <= text.len()));
            let again = KeyUri::parse_lenient(lenient.uri.to_text().expose()).unwrap();
            prop_assert_eq!(again.uri.to_text().expose().to_owned(), lenient.uri.to_text().expose().to_owned());
        }
        if let Ok(strict) = strict {
            let lenient = lenient.unwrap();
            prop_assert_eq!(strict.uri.to_text().expose().to_owned(), lenient.uri.to_text().expose().to_owned());
            prop_assert_eq!(strict.findings, lenient.findings);
        }
    }
}
