"""The backend of PLUT NTB."""

__version__ = "1.0.0"
