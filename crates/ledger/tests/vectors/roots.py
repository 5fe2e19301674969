"""Writes roots.txt: the roots of trees of 0 to 129 leaves, by pymerkle 7.0.0 (PyPI), an
implementation of RFC 6962 that shares nothing with this crate.

    pip install pymerkle==7.0.0 && python3 roots.py > roots.txt
"""

import base64

from pymerkle import InmemoryTree

print("# Roots (base64) of RFC 6962 trees over the leaves `entry 0`, `entry 1`, ...; by size from 0.")
print("# Written by roots.py with pymerkle 7.0.0.")
tree = InmemoryTree(algorithm="sha256")
for size in range(130):
    print(base64.b64encode(tree.get_root()).decode())
    tree.append_entry(f"entry {size}".encode())
