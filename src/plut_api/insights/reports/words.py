"""What the groups of a report are called."""

from plut_api.kit.i18n import Text

UNKNOWN = Text(id="Tidak diketahui", en="Not known")
NOBODY = Text(id="Tanpa segmen", en="No segment")
SEGMENTS = {
    "women": Text(id="Perempuan", en="Women"),
    "mothers": Text(id="Ibu", en="Mothers"),
    "youth": Text(id="Pemuda", en="Youth"),
    "disability": Text(id="Penyandang disabilitas", en="People with disabilities"),
    "remote_village": Text(id="Desa di daerah tertinggal", en="Villages of regions left behind"),
}
FUNDS = {
    "apbd": Text(id="APBD", en="Regional budget (APBD)"),
    "apbn": Text(id="APBN", en="State budget (APBN)"),
    "dak_nonfisik": Text(id="DAK Nonfisik", en="Non-physical special allocation fund (DAK)"),
    "village_fund": Text(id="Dana desa", en="Village fund"),
    "csr": Text(id="CSR", en="Corporate social responsibility"),
    "partner": Text(id="Dana mitra", en="Partner funds"),
    "self_funded": Text(id="Biaya sendiri", en="Paid by the participants"),
}
