//! Inputs, always the same ones.

/// Sebastiano Vigna's `SplitMix64`, from a seed: the same numbers on every machine and in every year.
pub(super) struct Generator(pub(super) u64);

impl Generator {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub(super) fn below(&mut self, limit: u16) -> u16 {
        let number = self.next().checked_rem(u64::from(limit.max(1))).unwrap_or_default();
        u16::try_from(number).unwrap_or_default()
    }

    pub(super) fn flag(&mut self) -> bool {
        self.below(2) == 1
    }

    /// One of a list.
    pub(super) fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let length = u16::try_from(list.len()).unwrap_or(u16::MAX);
        list.get(usize::from(self.below(length))).copied().unwrap_or_default()
    }

    /// Some numbers from 1 to `most`, in order; `of_ten` tenths of them.
    pub(super) fn numbers(&mut self, most: u16, of_ten: u16) -> Vec<u16> {
        (1..=most).filter(|_| self.below(10) < of_ten).collect()
    }
}

const NAMES: [&str; 12] = [
    "a",
    "session",
    "__Host-a",
    "__Secure-a",
    "__host-a",
    "__Http-a",
    "a b",
    " a ",
    "",
    "a,b",
    "é",
    "\"a\"",
];
const VALUES: [&str; 12] =
    ["1", "", "\"q\"", "a=b", "a b", "é", "1,2", "%20", " x ", "{\"a\":1}", "\t1\t", "a\u{1}b"];
const ATTRIBUTES: [&str; 46] = [
    "Path=/",
    "Path=/staff",
    "path=staff",
    "Path=",
    "Path",
    "PATH=/staff/",
    "Path=\"/\"",
    "Domain=clinic.example",
    "Domain=.clinic.example",
    "Domain=www.clinic.example",
    "Domain=WWW.Clinic.Example",
    "Domain=other.example",
    "Domain=example",
    "Domain=",
    "Domain",
    "Secure",
    "secure",
    "Secure=no",
    "HttpOnly",
    "httponly=1",
    "SameSite=Strict",
    "SameSite=lax",
    "SameSite=None",
    "SameSite=none; Secure",
    "SameSite=Odd",
    "SameSite",
    "Max-Age=60",
    "Max-Age=0",
    "Max-Age=-1",
    "Max-Age=+5",
    "Max-Age=1.5",
    "Max-Age=",
    "Max-Age=99999999999999999999",
    "max-age= 60 ",
    "Expires=Fri, 01 Jan 2027 00:00:00 GMT",
    "Expires=Friday, 01-Jan-27 00:00:00 GMT",
    "Expires=Fri Jan  1 00:00:00 2027",
    "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "Expires=Fri, 31 Feb 2027 00:00:00 GMT",
    "Expires=never",
    "Expires=01 Jan 1600 00:00:00",
    "Expires=1 jan 69 1:2:3",
    "Partitioned",
    "Priority=High",
    "=x",
    "",
];

/// A `Set-Cookie` field.
pub(super) fn set_cookie(from: &mut Generator) -> String {
    let (name, value) = (from.pick(&NAMES), from.pick(&VALUES));
    let equals = if from.below(12) == 0 { "" } else { "=" };
    let mut field = format!("{name}{equals}{value}");
    for _ in 0..from.below(5) {
        field.push_str(from.pick(&["; ", ";", " ; "]));
        field.push_str(from.pick(&ATTRIBUTES));
    }
    field
}
