"""What would tell somebody of one side of the world, and how it looks once masked."""


def markers_of(number: int) -> dict[str, str]:
    """What would tell somebody, unmistakable wherever it turns up."""
    names = (("Baiq Kenari Selaparang", "Lalu Merpati Sekotong"), ("Inaq Cempaka Pejanggik", "Amaq Kamboja Narmada"))
    return {
        "name": names[number][0],
        "nik": ("5271014903870017", "5203175105910028")[number],
        "phone": ("+6281907770011", "+6281908880021")[number],
        "birth_date": ("1987-03-09", "1991-05-11")[number],
        "disability": ("intellectual", "mental")[number],
        "business": ("Kopi Gunung Sari Tujuh", "Tenun Sukarara Delapan")[number],
        "address": ("Dusun Kayangan Tujuh", "Dusun Ketapang Delapan")[number],
        "nib": ("0220107770017", "0220108880028")[number],
        "npwp": ("7770017770017001", "8880028880028002")[number],
        "sales": ("123450017", "234560028")[number],
        "keeper_name": names[number][1],
        "keeper_phone": ("+6281917770112", "+6281918880122")[number],
        "cooperative_email": ("kopdes.tujuh@contoh.example", "kopdes.delapan@contoh.example")[number],
        "cooperative_phone": ("+6281927770213", "+6281928880223")[number],
    }


def masked(kind: str, value: str) -> str | None:
    """How a marker looks once masked; None for a kind that is shown whole or not at all."""
    if kind in ("nik", "npwp"):
        return f"{value[:6]}••••••{value[-4:]}"
    if kind.endswith("phone"):
        return f"{value[:6]}{'•' * (len(value) - 8)}{value[-2:]}"
    if kind.endswith("name"):
        return " ".join(f"{word[0]}••••" for word in value.split())
    return None
