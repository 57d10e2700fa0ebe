"""What is shown of personal numbers to those who need not know them whole."""

from plut_api.identity.phones import masked_phone

__all__ = ["masked_nik", "masked_phone"]


def masked_nik(nik: str) -> str:
    """A NIK without the birth date in it: `527101••••••0003`."""
    return f"{nik[:6]}••••••{nik[-4:]}"
