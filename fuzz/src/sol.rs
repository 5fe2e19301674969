//! `SharedObject` against files written here.

use upheld_cookies::sol::SharedObject;

/// Reads the input as a Flash cookie, and writes one whose names and values it makes up.
///
/// Names are parts of the file. What is written is read with the same names, and nothing is read of
/// a file that is cut.
pub fn sol(data: &[u8]) {
    if let Ok(object) = SharedObject::parse(data) {
        for name in object.keys() {
            let mut windows = data.windows(name.len().max(1));
            assert!(name.is_empty() || windows.any(|window| window == name.as_bytes()));
        }
    }
    let names: Vec<String> = data.chunks(3).take(99).map(|chunk| format!("{chunk:?}")).collect();
    let mut body = b"TCSO\0\x04\0\0\0\0\0\x01x\0\0\0\0".to_vec();
    for (name, chunk) in names.iter().zip(data.chunks(3)) {
        body.extend([0, u8::try_from(name.len()).expect("a short name")]);
        body.extend(name.as_bytes());
        value(&mut body, chunk);
        body.push(0);
    }
    let length = u32::try_from(body.len()).expect("a short file").to_be_bytes();
    let file = [b"\0\xBF", &length[..], &body].concat();
    let object = SharedObject::parse(&file).expect("what was written can be read");
    assert!(object.is_complete() && object.keys() == names);
    assert!(SharedObject::parse(&file[..file.len() - 1]).is_err());
}

/// A value of AMF 0 of a kind that the bytes choose.
fn value(body: &mut Vec<u8>, chunk: &[u8]) {
    match chunk[0] % 5 {
        0 => body.extend([&[0][..], &[chunk[0]; 8]].concat()),
        1 => body.extend([1, chunk[0]]),
        2 => body.extend([2, 0, 1, chunk[0]]),
        3 => body.extend(b"\x03\0\x01a\x05\0\0\x09"),
        _ => body.push(5),
    }
}
