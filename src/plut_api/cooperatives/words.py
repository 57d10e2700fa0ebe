"""What is wrong with a cooperative's values, in words; forms of the API and rows of a file say the same."""

from plut_api.kit.i18n import Text

FAULTS: dict[str, Text] = {
    "missing_name": Text(id="Isi nama koperasi", en="Give the name of the cooperative"),
    "name_not_usable": Text(
        id="Nama harus 'Koperasi Desa Merah Putih <desa>' atau 'Koperasi Kelurahan Merah Putih <kelurahan>'",
        en="The name must be 'Koperasi Desa Merah Putih <village>' or 'Koperasi Kelurahan Merah Putih <village>'",
    ),
    "kind_mismatch": Text(
        id="Nama memakai 'Desa' untuk kelurahan, atau sebaliknya; sesuaikan dengan kode desa",
        en="The name says 'Desa' for a kelurahan, or the reverse; make it fit the village code",
    ),
    "name_village_mismatch": Text(
        id="Nama desa dalam nama koperasi tidak cocok dengan kode desa; perbaiki salah satunya",
        en="The village in the name is not the one of the village code; correct one of them",
    ),
    "missing_village_code": Text(id="Isi kode desa atau kelurahan", en="Give the village code"),
    "village_code_format": Text(
        id="Tulis kode desa dengan titik, misalnya 52.71.01.1001",
        en="Write the village code with dots, as in 52.71.01.1001",
    ),
    "village_code_is_district": Text(
        id="Ini kode wilayah di atas desa; isi kode desa atau kelurahan",
        en="This code is above village level; give the code of a village",
    ),
    "village_outside_province": Text(
        id="Kode ini di luar Nusa Tenggara Barat (52)", en="This code lies outside Nusa Tenggara Barat (52)"
    ),
    "unknown_village_code": Text(
        id="Kode desa ini tidak ada; cari kode yang benar di /v1/regions",
        en="There is no such village code; find the right one in /v1/regions",
    ),
    "retired_village_code": Text(
        id="Kode desa ini sudah diganti; pakai kode desa yang sekarang",
        en="This village code was replaced; the village's present code is used",
    ),
    "missing_legal_number": Text(id="Isi nomor badan hukum (AHU)", en="Give the legal number (AHU)"),
    "legal_number_format": Text(
        id="Nomor badan hukum harus berbentuk AHU-0012345.AH.01.29.TAHUN 2025",
        en="The legal number must have the form AHU-0012345.AH.01.29.TAHUN 2025",
    ),
    "missing_date": Text(id="Isi tanggal", en="Give the date"),
    "date_out_of_range": Text(
        id="Tanggal di luar masa yang mungkin (sejak Mei 2025, tidak di masa depan)",
        en="The date lies outside what is possible (from May 2025 on, not in the future)",
    ),
    "nik_koperasi_format": Text(
        id="NIK koperasi harus 13 angka; kosongkan bila belum ada",
        en="The NIK koperasi must be 13 digits; leave it empty if there is none yet",
    ),
    "member_count_invalid": Text(
        id="Jumlah anggota harus bilangan bulat 1 sampai 100000, tanpa titik, koma atau satuan",
        en="The number of members must be a whole number from 1 to 100000, without separators or units",
    ),
    "status_unknown": Text(
        id="Status harus 'Berbadan hukum', 'Persiapan gerai' atau 'Gerai beroperasi'",
        en="The status must be 'Berbadan hukum', 'Persiapan gerai' or 'Gerai beroperasi'",
    ),
    "village_taken": Text(
        id="Desa ini sudah punya koperasi dengan nomor badan hukum lain; periksa data yang terdaftar",
        en="This village already has a cooperative with another legal number; check the registered one",
    ),
    "legal_number_taken": Text(
        id="Nomor badan hukum ini sudah terdaftar untuk desa lain",
        en="This legal number is already registered for another village",
    ),
    "nik_koperasi_taken": Text(
        id="NIK koperasi ini sudah terdaftar untuk koperasi lain",
        en="This NIK koperasi is already registered for another cooperative",
    ),
}
