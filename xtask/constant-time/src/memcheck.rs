//! Telling valgrind's memcheck what is secret.
//!
//! Memcheck follows undefined bits through every computation, and reports a branch or an address
//! that depends on one. Declare a secret undefined, and it reports what an attacker could time.
//!
//! This is the one module of the workspace that talks to the processor directly. The request is
//! the one of `valgrind.h`: a sequence of rotations by 128 bits in all and an exchange of a
//! register with itself. It does nothing, and valgrind recognises it.

#[cfg(not(target_arch = "x86_64"))]
compile_error!("the request to valgrind is written for x86_64; run `cargo xtask ct` there");

use std::cell::Cell;
use std::hint::black_box;

/// Numbers of requests, from `valgrind.h` and `memcheck.h`.
const RUNNING_ON_VALGRIND: usize = 0x1001;
const MAKE_MEM_UNDEFINED: usize = 0x4d43_0001;
const MAKE_MEM_DEFINED: usize = 0x4d43_0002;
const GET_VBITS: usize = 0x4d43_0008;

/// Whether anybody is watching.
pub(crate) fn is_watching() -> bool {
    request([RUNNING_ON_VALGRIND, 0, 0, 0]) != 0
}

/// Declares the bytes secret. Their values stay what they were.
pub(crate) fn hide(bytes: &[u8]) {
    // The black box keeps the compiler from computing with values it knows from before.
    let bytes = black_box(bytes);
    request([MAKE_MEM_UNDEFINED, bytes.as_ptr().addr(), bytes.len(), 0]);
    black_box(bytes);
}

/// Whether any bit of the bytes depends on a secret: if none did, silence would mean nothing.
pub(crate) fn is_hidden(bytes: &[u8]) -> bool {
    black_box(bytes).iter().any(|byte| {
        let undefined_bits = Cell::new(0_u8);
        let to = black_box(&undefined_bits).as_ptr().addr();
        request([GET_VBITS, (&raw const *byte).addr(), to, 1]);
        black_box(&undefined_bits).get() != 0
    })
}

/// Declares public what was computed from secrets, in order to compare it here.
pub(crate) fn reveal(answer: bool) -> bool {
    let answer = [u8::from(answer)];
    let bytes = black_box(&answer);
    request([MAKE_MEM_DEFINED, bytes.as_ptr().addr(), bytes.len(), 0]);
    black_box(bytes) == &[1]
}

#[expect(unsafe_code, reason = "the request is made of instructions")]
fn request([number, first, second, third]: [usize; 4]) -> usize {
    let arguments = [number, first, second, third, 0, 0];
    let mut answer = 0_usize;
    // SAFETY: the rotations add up to whole turns and the exchange is of a register with itself,
    // so on a processor nothing changes but flags. Valgrind reads `arguments` and sets `answer`.
    // It writes to no memory but, for GET_VBITS, to the byte that the caller keeps for it.
    unsafe {
        core::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            inout("rdi") 0_usize => _,
            in("rax") arguments.as_ptr(),
            inout("rdx") answer,
        );
    }
    answer
}
