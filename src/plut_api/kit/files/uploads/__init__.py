"""Files handed in piece by piece, by a protocol that clients have libraries for: tus 1.0.

A phone that loses the network asks how far it came and goes on from there. Pieces lie sealed in the store of files;
once the last has come, the whole is checked by its content and becomes a file like any other.
"""
