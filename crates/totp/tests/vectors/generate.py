#!/usr/bin/env python3
"""Computes cross.txt with two implementations that share no code with this project.

Needs pyotp 2.10.0 (PyPI) and oathtool 2.6.7 (Debian package `oathtool`); every line is written
only if both agree. Run: python3 generate.py > cross.txt
"""

import base64
import hashlib
import subprocess
import sys

import pyotp

HASHES = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}
# Around the block lengths 64 and 128, and the lengths people use.
KEY_LENGTHS = [1, 10, 16, 20, 32, 63, 64, 65, 100, 127, 128, 129, 200]
COUNTERS = [0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53, 2**53 + 1, 2**63 - 1]
TIMES = [(59, 30), (1_111_111_109, 30), (2**31, 60), (2**40 + 7, 20), (2**63 - 1, 30), (2**53 + 1, 2700)]


def key(length):
    return bytes((7 * index + length) % 256 for index in range(length))


def by_pyotp(name, digits, secret, counter):
    text = base64.b32encode(secret).decode()
    return pyotp.OTP(text, digits=digits, digest=HASHES[name]).generate_otp(counter)


def by_oathtool(name, digits, secret, time, period):
    command = ["oathtool", f"--totp={name}", f"--digits={digits}", f"--time-step-size={period}s",
               f"--now=@{time}", secret.hex()]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def hotp_line(digits, secret, counter):
    first = by_pyotp("SHA1", digits, secret, counter)
    command = ["oathtool", "--hotp", f"--digits={digits}", f"--counter={counter}", secret.hex()]
    second = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    if first != second:
        sys.exit(f"HOTP {digits} {secret.hex()} {counter}: {first} != {second}")
    print(f"SHA1 | {digits} | counter | {counter} | {secret.hex()} | {first}")


def line(name, digits, secret, time, period):
    first = by_pyotp(name, digits, secret, time // period)
    second = by_oathtool(name, digits, secret, time, period)
    if first != second:
        sys.exit(f"{name} {digits} {secret.hex()} {time}/{period}: {first} != {second}")
    print(f"{name} | {digits} | {period} | {time} | {secret.hex()} | {first}")


def main():
    print("# Codes on which pyotp 2.10.0 and oathtool 2.6.7 agree; written by generate.py.")
    print("# hash | digits | period (s), or `counter` | time (s since the epoch), or the counter | key (hex) | code")
    for index, counter in enumerate([0, 2**63, 2**64 - 2, 2**64 - 1]):
        hotp_line(6 + index % 3, key(20), counter)
    for name in HASHES:
        for index, length in enumerate(KEY_LENGTHS):
            for counter in COUNTERS:
                line(name, 6 + (index + counter) % 3, key(length), counter, 1)
            for time, period in TIMES:
                line(name, 6 + (index + period) % 3, key(length), time, period)


main()
