"""Exchange with the national single database: what is sent out, and what it is recognised by when it comes back.

Fields after PP 7/2021 and Permen UMKM 8/2025 (Satu Data UMKM), as far as they are held.
"""
