//! Everything a Rust program takes from std, made here, around upheld-totp: this library builds
//! only while nothing in it links std, because std brings a panic handler of its own.
//!
//! `cargo xtask no-std` builds it with `--cfg no_std_proof`. In any other build it is empty, so
//! that it can be a member of a workspace whose tests need std.

#![cfg(no_std_proof)]
#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;
use core::ptr;

use upheld_totp::{Parameters, Secret, Totp, UnixSeconds};

/// Has no memory to give: the library is built, not run.
struct NoMemory;

#[global_allocator]
static ALLOCATOR: NoMemory = NoMemory;

#[expect(unsafe_code, reason = "an allocator is made by implementing an unsafe trait")]
// SAFETY: no memory is ever handed out, so none can overlap, be misaligned or be freed.
unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[panic_handler]
fn halt(_: &PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}

/// The length of the code at `now`: reaches every layer of upheld-totp, and the allocator.
#[expect(unsafe_code, reason = "an exported name keeps the code below in the library")]
#[unsafe(no_mangle)]
pub extern "C" fn upheld_no_std_proof(now: u64) -> usize {
    let Ok(secret) = Secret::from_bytes(&[0; 20]) else { return 0 };
    Totp::new(&secret, Parameters::default()).code_at(UnixSeconds(now)).to_text().expose().len()
}
