"""Every code that a row or a whole file of an import can carry, in words."""

from plut_api.cooperatives.words import FAULTS as COOPERATIVE_FAULTS
from plut_api.integration.models import Severity
from plut_api.kit.i18n import Locale, Text

WARNINGS = frozenset(
    {
        "stray_whitespace",
        "date_not_iso",
        "date_in_words",
        "date_excel_serial",
        "retired_village_code",
        "unknown_column",
        "nik_birth_date_differs",
        "nik_sex_differs",
        "nik_region_differs",
        "owner_name_differs",
    }
)
"""Codes that let their row in; every other code keeps it out."""

ROW_FAULTS: dict[str, Text] = COOPERATIVE_FAULTS | {
    "unknown_column": Text(id="Kolom ini tidak dikenal dan diabaikan", en="This column is not known and was ignored"),
    "stray_whitespace": Text(id="Spasi yang berlebih sudah dibuang", en="Surplus white space was removed"),
    "mojibake": Text(
        id="Huruf rusak karena salah pengkodean; simpan ulang sebagai UTF-8 lalu perbaiki sel ini",
        en="Characters were broken by a wrong encoding; save the file as UTF-8 and mend this cell",
    ),
    "control_character": Text(
        id="Sel memuat karakter kendali; ketik ulang isinya", en="The cell holds control characters; type it again"
    ),
    "spreadsheet_formula": Text(
        id="Sel diawali =, + atau @ sehingga dibaca sebagai rumus; tulis sebagai teks biasa",
        en="The cell begins with =, + or @ and would be taken for a formula; write plain text",
    ),
    "semicolon_row": Text(
        id="Seluruh baris ada di kolom pertama; pisahkan isinya ke kolom masing-masing",
        en="The whole record stands in the first column; split it into its columns",
    ),
    "too_many_cells": Text(
        id="Baris ini punya lebih banyak sel daripada judul kolom", en="The row has more cells than the header"
    ),
    "text_too_long": Text(id="Teks terlalu panjang", en="The text is too long"),
    "date_not_iso": Text(id="Tanggal dibaca hari-bulan-tahun", en="The date was read as day, month, year"),
    "date_in_words": Text(id="Nama bulan diubah menjadi angka", en="The name of the month was turned into a number"),
    "date_excel_serial": Text(
        id="Nomor hari lembar kerja diubah menjadi tanggal", en="A spreadsheet's day number was turned into a date"
    ),
    "date_ambiguous": Text(
        id="Hari dan bulan bisa tertukar; tulis sebagai YYYY-MM-DD", en="Day and month can be swapped; write YYYY-MM-DD"
    ),
    "date_impossible": Text(id="Tanggal ini tidak ada di kalender", en="There is no such day in the calendar"),
    "date_format": Text(id="Tulis tanggal sebagai YYYY-MM-DD", en="Write the date as YYYY-MM-DD"),
    "duplicate_row": Text(id="Baris ini mengulang baris sebelumnya", en="This row repeats an earlier row of the file"),
    "duplicate_village": Text(
        id="Desa ini sudah punya koperasi di baris sebelumnya; satu desa satu koperasi",
        en="An earlier row already has a cooperative for this village; one village has one",
    ),
    "duplicate_legal_number": Text(
        id="Nomor badan hukum ini sudah dipakai di baris sebelumnya",
        en="An earlier row already has this legal number",
    ),
    "duplicate_nik_koperasi": Text(
        id="NIK koperasi ini sudah dipakai di baris sebelumnya", en="An earlier row already has this NIK koperasi"
    ),
    "missing_owner_name": Text(id="Isi nama pemilik", en="Give the name of the owner"),
    "missing_business_name": Text(id="Isi nama usaha", en="Give the name of the business"),
    "missing_kbli_code": Text(id="Isi kode KBLI 5 angka", en="Give the five-digit KBLI code"),
    "nik_format": Text(id="NIK harus 16 angka yang sah", en="The NIK must be 16 valid digits"),
    "nik_birth_date_differs": Text(
        id="Tanggal lahir tidak sama dengan yang tersirat dalam NIK; periksa KTP",
        en="The birth date is not the one in the NIK; look at the identity card",
    ),
    "nik_region_differs": Text(
        id="NIK terdaftar pertama kali di kecamatan lain", en="The NIK was first registered in another district"
    ),
    "nik_sex_differs": Text(
        id="Jenis kelamin tidak sama dengan yang tersirat dalam NIK; periksa KTP",
        en="The sex is not the one in the NIK; look at the identity card",
    ),
    "phone_format": Text(
        id="Nomor telepon tidak sah; tulis misalnya 081234567890", en="Not a valid phone number; write 081234567890"
    ),
    "sex_unknown": Text(
        id="Jenis kelamin harus 'perempuan' atau 'laki-laki' (P atau L)",
        en="The sex must be 'female' or 'male' (or P, L)",
    ),
    "birth_date_out_of_range": Text(
        id="Tanggal lahir tidak mungkin untuk pemilik usaha", en="Not a possible birth date of a business owner"
    ),
    "started_on_out_of_range": Text(
        id="Tanggal mulai usaha tidak boleh di masa depan", en="A business cannot have started in the future"
    ),
    "kbli_code_format": Text(id="Kode KBLI harus 5 angka", en="The KBLI code must be five digits"),
    "kbli_version_unknown": Text(id="Versi KBLI harus 2020 atau 2025", en="The KBLI version must be 2020 or 2025"),
    "unknown_kbli_code": Text(
        id="Kode KBLI ini tidak ada dalam versinya; cari di /v1/kbli",
        en="There is no such code in this version of KBLI; look in /v1/kbli",
    ),
    "nib_format": Text(id="NIB harus 13 angka", en="The NIB must be 13 digits"),
    "npwp_format": Text(id="NPWP harus 16 angka", en="The NPWP must be 16 digits"),
    "duplicate_nib": Text(id="NIB ini sudah dipakai di baris sebelumnya", en="An earlier row already has this NIB"),
    "owner_name_differs": Text(
        id="NIK atau nomor telepon ini terdaftar dengan ejaan nama lain; periksa KTP",
        en="This NIK or phone number is registered under another spelling of the name; look at the identity card",
    ),
    "owner_mismatch": Text(
        id="NIK atau usaha ini terdaftar atas nama orang lain; periksa KTP, atau ubah pemilik usahanya lebih dulu",
        en="This NIK, or this business, is registered as somebody else's; look at the identity card, or change the "
        "owners of the business first",
    ),
    "ambiguous_owner": Text(
        id="Beberapa orang bernama sama dengan nomor telepon ini; isi NIK pemilik",
        en="Several people have this name and phone number; give the owner's NIK",
    ),
    "ambiguous_business": Text(
        id="Pemilik ini punya beberapa usaha bernama sama di desa ini; isi NIB atau kunci baris",
        en="The owner has several businesses of this name in the village; give the NIB or a row key",
    ),
    "unknown_id": Text(
        id="Tidak ada usaha dengan id ini; kosongkan bila usahanya baru",
        en="There is no business with this id; leave it empty if the business is new",
    ),
    "id_format": Text(id="Id ini bukan dari sini; kembalikan seperti semula", en="The id is not ours; put it back"),
    "row_hash_format": Text(
        id="Sidik baris berubah; kembalikan seperti saat diekspor", en="The row hash was changed; put it back as it was"
    ),
    "outside_id_taken": Text(
        id="Id luar ini sudah dipakai usaha lain", en="This outside id is already that of another business"
    ),
    "duplicate_outside_id": Text(
        id="Id luar ini sudah disebut di baris sebelumnya", en="An earlier row already has this outside id"
    ),
    "nib_of_another": Text(id="NIB ini terdaftar untuk usaha lain", en="This NIB is registered for another business"),
    "changed_on_both_sides": Text(
        id="Berubah di kedua sistem; data di sini dipertahankan. Ekspor lagi lalu bandingkan",
        en="It changed in both systems; what is here was kept. Export it again and compare",
    ),
    "duplicate_business": Text(
        id="Usaha ini sudah disebut di baris sebelumnya", en="An earlier row is of the same business"
    ),
    "duplicate_row_key": Text(
        id="Kunci baris ini sudah dipakai di baris sebelumnya", en="An earlier row already has this row key"
    ),
    "year_invalid": Text(
        id="Tahun harus 4 angka dan tidak di masa depan", en="The year must be four digits and not in the future"
    ),
    "missing_year": Text(id="Isi tahun dari angka-angka ini", en="Give the year of these figures"),
    "money_invalid": Text(
        id="Tulis rupiah dengan angka saja, tanpa titik atau Rp", en="Write rupiah in digits only, no separators"
    ),
    "workers_invalid": Text(
        id="Jumlah pekerja harus bilangan bulat dari 0", en="The number of workers must be a whole number from 0"
    ),
}

FILE_FAULTS: dict[str, Text] = {
    "file_empty": Text(id="Berkas kosong", en="The file is empty"),
    "file_kind_unknown": Text(
        id="Jenis berkas ini tidak dibaca; kirim CSV, XLSX atau NDJSON",
        en="This kind of file is not read; send CSV, XLSX or NDJSON",
    ),
    "file_kind_differs": Text(
        id="Isi berkas tidak sesuai dengan akhiran namanya; simpan ulang atau beri nama yang benar",
        en="The content is not what the ending of the file's name says; save it again, or name it rightly",
    ),
    "file_has_nul_bytes": Text(
        id="Berkas memuat byte nol dan bukan teks; simpan ulang sebagai CSV UTF-8",
        en="The file holds NUL bytes and is no text; save it again as CSV in UTF-8",
    ),
    "file_not_utf8": Text(
        id="Berkas bukan UTF-8; simpan ulang sebagai 'CSV UTF-8'", en="The file is not UTF-8; save it as 'CSV UTF-8'"
    ),
    "csv_malformed": Text(
        id="Tanda kutip CSV tidak tertutup dengan benar, atau sel terlalu besar",
        en="A CSV quote is not closed properly, or a cell is too large",
    ),
    "json_line_malformed": Text(
        id="Baris ini bukan satu objek JSON yang benar", en="This line is not one well-formed JSON object"
    ),
    "json_line_nested": Text(
        id="Nilai dalam baris harus teks, angka, true, false atau null",
        en="Values of a line must be text, numbers, true, false or null",
    ),
    "xlsx_broken": Text(id="Buku kerja XLSX rusak", en="The XLSX workbook is broken"),
    "xlsx_too_large_unfolded": Text(
        id="Isi buku kerja jauh lebih besar daripada berkasnya; kirim sebagai CSV",
        en="The workbook unfolds into far more than its size; send it as CSV",
    ),
    "too_many_columns": Text(id="Terlalu banyak kolom", en="There are too many columns"),
    "too_many_rows": Text(
        id="Terlalu banyak baris; bagi menjadi beberapa berkas", en="There are too many rows; split the file"
    ),
    "column_twice": Text(id="Satu judul kolom dipakai dua kali", en="A column name is used twice"),
    "column_missing": Text(id="Ada kolom wajib yang tidak ada", en="A required column is missing"),
    "register_changed": Text(
        id="Data induk berubah setelah berkas ini diperiksa; tidak ada yang tersimpan. Kirim lagi dengan mode=validate",
        en="The register changed since this file was checked; nothing was stored. Send it again with mode=validate",
    ),
    "internal_error": Text(
        id="Impor gagal karena kesalahan di server; tidak ada yang tersimpan, silakan ulangi",
        en="The import failed by an error on the server; nothing was stored, please repeat it",
    ),
}


def severity_of(code: str) -> Severity:
    """Whether a code keeps its row out."""
    return Severity.warning if code in WARNINGS else Severity.error


def words_of(code: str, locale: Locale) -> str:
    """What a code means and what to do about it."""
    known = ROW_FAULTS.get(code) or FILE_FAULTS.get(code)
    return known.in_locale(locale) if known else code
