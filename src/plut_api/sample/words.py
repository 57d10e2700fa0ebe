"""Word lists for invented names. Regency weights follow the 2020 census (BPS, in thousands, rounded)."""

from dataclasses import dataclass

POPULATION = {
    "52.01": 721,
    "52.02": 1035,
    "52.03": 1325,
    "52.04": 510,
    "52.05": 237,
    "52.06": 514,
    "52.07": 146,
    "52.08": 247,
    "52.71": 430,
    "52.72": 155,
}


@dataclass(frozen=True)
class Naming:
    """How people of one of the three large peoples of the province are called."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    second: tuple[str, ...]


SASAK = Naming(
    women=("Baiq", "Inaq", "Dende", "Siti", "Nurul", "Sri", "Hj. Baiq", "Rohani", "Mariani", "Zaenab"),
    men=("Lalu", "Amaq", "Muhammad", "Ahmad", "Sahabudin", "Mahsun", "H. Lalu", "Zainal", "Saparudin", "Muhir"),
    second=(
        "Ratnasari", "Hidayati", "Wirahadi", "Suryani", "Zohriah", "Mulyadi", "Kartini", "Hamdani", "Aini", "Sahnun",
        "Marzuki", "Fatmawati", "Gunawan", "Mustika", "Sopian", "Yuliana", "Rahayu", "Anggraini", "Jayadi", "Permana",
    ),
)  # fmt: skip
SAMAWA = Naming(
    women=("Siti", "Nur", "Dewi", "Sri", "Ratna", "Hj. Siti", "Ida", "Sumarni", "Halimah", "Rosmini"),
    men=("Muhammad", "Abdul", "Syarif", "Iskandar", "Burhan", "Jamaluddin", "Amir", "Zulkifli", "Rahmat", "Sanapiah"),
    second=(
        "Syamsuddin", "Hasanah", "Makarau", "Kaharuddin", "Astuti", "Rayes", "Mustafa", "Wahidah", "Salim", "Fitriani",
        "Mansyur", "Latief", "Nurhayati", "Hamzah", "Ramdani", "Lestari", "Ibrahim", "Yusuf", "Maryam", "Dahlan",
    ),
)  # fmt: skip
MBOJO = Naming(
    women=("Siti", "Nurjanah", "Aisyah", "Sarah", "Hadijah", "Mariam", "Rukmini", "Nuraini", "Fatimah", "Juhriah"),
    men=("Abubakar", "Muhammad", "Ismail", "Anwar", "Yakub", "Idris", "Ahmad", "Sulaiman", "Mansyur", "Arsyad"),
    second=(
        "H. Ahmad", "Tayeb", "Muslimin", "Syafruddin", "Yasin", "M. Saleh", "Ningsih", "Hasan", "Usman", "A. Majid",
        "Sahrul", "Kurniati", "Ramlah", "Hamid", "Mulyati", "Landa", "Jafar", "Wulandari", "Taufik", "Masita",
    ),
)  # fmt: skip
PEOPLES = {
    "52.01": SASAK,
    "52.02": SASAK,
    "52.03": SASAK,
    "52.08": SASAK,
    "52.71": SASAK,
    "52.04": SAMAWA,
    "52.07": SAMAWA,
    "52.05": MBOJO,
    "52.06": MBOJO,
    "52.72": MBOJO,
}


@dataclass(frozen=True)
class Trade:
    """A line of business with its KBLI 2025 code and how often it is met."""

    noun: str
    kbli_code: str
    weight: int


TRADES = (
    Trade("Kios", "47112", 22),
    Trade("Warung Makan", "56102", 12),
    Trade("Rumah Makan", "56101", 4),
    Trade("Keripik", "10794", 8),
    Trade("Kue Basah", "10792", 7),
    Trade("Roti", "10710", 3),
    Trade("Kopi", "10761", 5),
    Trade("Kedai Kopi", "56303", 3),
    Trade("Tenun", "13122", 6),
    Trade("Jahit", "14120", 5),
    Trade("Anyaman Ketak", "16292", 4),
    Trade("Gerabah", "23932", 3),
    Trade("Ikan Asin", "10211", 4),
    Trade("Olahan Rumput Laut", "10798", 3),
    Trade("Tempe", "10307", 3),
    Trade("Sambal", "10779", 2),
    Trade("Gula Aren", "10722", 2),
    Trade("Katering", "56210", 2),
    Trade("Batik", "13133", 2),
)
ENDINGS = (
    "Barokah", "Berkah", "Rinjani", "Tambora", "Samawa Rea", "Maja Labo Dahu", "Mutiara", "Sejahtera", "Mandiri",
    "Sumber Rezeki", "Lestari", "Bunda", "Sasambo", "Gumi Sasak", "Pelangi", "Harapan", "Putri Mandalika", "Amanah",
    "Cahaya", "Dua Putri", "Sinar Pagi", "Kembang Sari", "Bintang Timur", "Ibu Kita",
)  # fmt: skip
HAMLETS = ("Dusun Karang Baru", "Dusun Repok", "Dusun Gubuk Daya", "Lingkungan Timur", "Dusun Montong", "RT 02/RW 01")
