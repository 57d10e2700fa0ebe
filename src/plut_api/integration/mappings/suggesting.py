"""Which of our columns a header of somebody's file is likely to mean."""

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from plut_api.integration.files.table import column_name

_WORDS: Mapping[str, tuple[str, ...]] = {
    "owner_name": ("nama", "nama pemilik", "nama pelaku usaha", "pemilik", "nama lengkap", "owner", "full name"),
    "owner_nik": ("nik", "nik pemilik", "no ktp", "nomor ktp", "nomor induk kependudukan", "ktp"),
    "owner_phone": ("no hp", "hp", "telepon", "no telepon", "nomor telepon", "telp", "whatsapp", "no wa", "phone"),
    "owner_sex": ("jenis kelamin", "jk", "kelamin", "gender", "sex", "l p"),
    "owner_birth_date": ("tanggal lahir", "tgl lahir", "lahir", "birth date", "date of birth"),
    "business_name": ("nama usaha", "usaha", "nama umkm", "nama toko", "merek usaha", "business", "business name"),
    "village_code": ("kode desa", "desa", "kode desa kelurahan", "kode wilayah", "kode kelurahan", "kelurahan"),
    "address": ("alamat", "alamat usaha", "address"),
    "kbli_code": ("kbli", "kode kbli", "kbli 2020", "kbli 2025", "bidang usaha"),
    "kbli_version": ("versi kbli", "tahun kbli"),
    "started_on": ("tanggal mulai", "mulai usaha", "tahun berdiri", "tanggal berdiri", "tgl mulai usaha"),
    "nib": ("nib", "nomor induk berusaha", "no nib"),
    "npwp": ("npwp", "no npwp", "nomor npwp"),
    "year": ("tahun", "tahun data", "year"),
    "capital_idr": ("modal", "modal usaha", "modal sendiri", "capital"),
    "sales_idr": ("omzet", "omset", "penjualan", "hasil penjualan", "omzet per tahun", "sales", "turnover"),
    "assets_idr": ("aset", "asset", "assets", "kekayaan"),
    "workers_female": ("tenaga kerja perempuan", "pekerja perempuan", "tk perempuan", "karyawan perempuan"),
    "workers_male": ("tenaga kerja laki laki", "pekerja laki laki", "tk laki laki", "karyawan laki laki"),
    "row_key": ("no", "nomor", "id", "kode", "row key", "key"),
    "name": ("nama koperasi", "koperasi", "nama"),
    "legal_number": ("nomor ahu", "ahu", "badan hukum", "nomor badan hukum", "no badan hukum"),
    "established_on": ("tanggal berdiri", "tanggal pendirian", "tgl berdiri"),
    "nik_koperasi": ("nik koperasi", "nomor induk koperasi"),
    "member_count": ("jumlah anggota", "anggota"),
    "status": ("status",),
    "notes": ("catatan", "keterangan"),
}
_LIKE = 0.78
"""Likeness from which two headers may mean the same; below it a guess would be in the way."""
_LONGEST = 60


def suggestions(headers: Sequence[str], columns: Collection[str]) -> list[dict[str, Any]]:
    """For each header that is likely one of our columns: the likely ones, the likeliest first.

    Others are left out: what stands there may be the first row of a file without a header, and so somebody's data.
    """
    found = []
    for header in headers:
        if len(header) > _LONGEST or any(character.isdigit() for character in header.replace("2020", "")):
            continue
        ranked = sorted(((_likeness(header, column), column) for column in columns), reverse=True)
        likely = [column for likeness, column in ranked if likeness >= _LIKE][:3]
        if likely:
            found.append({"header": header, "columns": likely})
    return found


def _likeness(header: str, column: str) -> float:
    words = _spelled(header)
    return max(SequenceMatcher(None, words, _spelled(known)).ratio() for known in (column, *_WORDS.get(column, ())))


def _spelled(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", column_name(header)).strip()
