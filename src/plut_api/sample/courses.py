"""What the invented programmes teach, and which organization teaches it."""

from dataclasses import dataclass

from plut_api.outcomes.models import Dimension


@dataclass(frozen=True)
class Course:
    """One course of an organization: its topic, its words, the activities it is for, the result it serves first."""

    organization: str
    topic: str
    title: str
    aim: str
    serves: Dimension
    kbli_codes: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


COURSES = (
    Course(
        "OPD_PERINDUSTRIAN",
        "product.packaging",
        "Kemasan pangan layak jual",
        "Peserta memilih bahan kemasan yang menjaga mutu sampai di tangan pembeli.",
        Dimension.packaging,
        ("10",),
        ("women",),
    ),
    Course(
        "OPD_PERDAGANGAN",
        "market.digital_literacy",
        "Berjualan di pasar digital",
        "Peserta membuka toko daring, memotret barang, dan melayani pesanan dari telepon.",
        Dimension.market,
        (),
        ("youth",),
    ),
    Course(
        "DINAS",
        "finance.literacy",
        "Literasi keuangan usaha mikro",
        "Peserta memisahkan uang usaha dari uang rumah tangga dan mengenal pinjaman yang sehat.",
        Dimension.finance,
    ),
    Course(
        "OPD_PEREMPUAN",
        "finance.literacy.basics",
        "Ibu cakap mengelola kas",
        "Ibu rumah tangga mencatat kas harian dan menghitung laba warung.",
        Dimension.finance,
        (),
        ("mothers",),
    ),
    Course(
        "OPD_PERTANIAN",
        "product.quality.shelf_life",
        "Daya simpan hasil kebun olahan",
        "Petani mengeringkan, menguji, dan menyimpan olahan supaya tahan enam bulan.",
        Dimension.product,
        ("103", "107"),
    ),
    Course(
        "OPD_KELAUTAN",
        "product.packaging.labelling",
        "Label hasil laut",
        "Nelayan dan pengolah menulis komposisi, berat, dan tanggal pada ikan asin dan rumput laut.",
        Dimension.packaging,
        ("102",),
    ),
    Course(
        "OPD_PARIWISATA",
        "market.digital_literacy.social_media",
        "Cerita wisata di media sosial",
        "Pengelola rumah inap dan kedai menulis cerita yang mendatangkan tamu.",
        Dimension.market,
        ("55", "56"),
        ("youth",),
    ),
    Course(
        "OPD_PERINDUSTRIAN",
        "product.quality",
        "Mutu olahan rumah tangga",
        "Pengrajin membakukan takaran dan menjaga tiga adonan berturut-turut sama rasanya.",
        Dimension.product,
        ("10", "11"),
    ),
    Course(
        "DINAS",
        "cooperative.governance",
        "Pengurus koperasi desa bekerja",
        "Pengurus membagi tugas, menggelar rapat, dan melaporkan simpanan anggota.",
        Dimension.finance,
    ),
    Course(
        "OPD_PERDAGANGAN",
        "market.retail",
        "Masuk rak toko ritel",
        "Pemasok menawarkan barang, menyepakati harga, dan mengirim tepat waktu.",
        Dimension.market,
    ),
    Course(
        "OPD_PEREMPUAN",
        "product.production.crafts",
        "Tenun yang laku",
        "Penenun memadu warna, mengukur lebar kain, dan menjaga kerapian tepi.",
        Dimension.product,
        ("13",),
        ("mothers", "women"),
    ),
    Course(
        "OPD_PERTANIAN",
        "legality.permits.pirt",
        "Mengurus izin P-IRT",
        "Pelaku usaha menyiapkan dapur, denah, dan berkas sampai nomor terbit.",
        Dimension.product,
        ("10",),
    ),
    Course(
        "DINAS",
        "finance.literacy.bookkeeping",
        "Pembukuan sederhana harian",
        "Peserta mengisi buku jual beli tiga bulan tanpa putus.",
        Dimension.finance,
    ),
    Course(
        "OPD_KELAUTAN",
        "product.production.food",
        "Bakso dan abon ikan",
        "Kelompok istri nelayan mengolah tangkapan menjadi lauk siap saji.",
        Dimension.product,
        ("102",),
        ("women",),
    ),
    Course(
        "OPD_PERINDUSTRIAN",
        "product.branding",
        "Merek dan logo usaha kecil",
        "Peserta menemukan nama, menggambar logo, dan mendaftarkannya.",
        Dimension.branding,
        (),
        ("youth",),
    ),
    Course(
        "OPD_PARIWISATA",
        "product.production.services",
        "Pemandu dan tuan rumah yang ramah",
        "Pemuda desa menyusun paket, menyambut rombongan, dan menjaga kebersihan.",
        Dimension.market,
        ("79",),
        ("youth",),
    ),
    Course(
        "OPD_PEREMPUAN",
        "market.digital_literacy.payments",
        "QRIS untuk ibu pedagang",
        "Pedagang memasang kode bayar, membaca mutasi, dan menghindari penipuan.",
        Dimension.finance,
        (),
        ("mothers",),
    ),
    Course(
        "DINAS",
        "product.entrepreneurship.planning",
        "Menyusun rencana usaha",
        "Calon wirausaha menghitung modal, titik impas, dan langkah setahun.",
        Dimension.finance,
    ),
    Course(
        "OPD_PERDAGANGAN",
        "market.export",
        "Ekspor langkah pertama",
        "Eksportir pemula mengenal dokumen, agregator, dan cara bayar luar negeri.",
        Dimension.market,
    ),
    Course(
        "OPD_KELAUTAN",
        "legality.permits.halal",
        "Halal untuk olahan ikan",
        "Pengolah menelusuri bahan dan mendaftar sertifikat halal.",
        Dimension.product,
        ("102",),
    ),
)
