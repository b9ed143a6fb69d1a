"""The two names of every command; both always work, whatever the language."""

from __future__ import annotations

INDONESIAN: dict[str, str] = {
    "today": "hari-ini",
    "setup": "siapkan",
    "enroll": "daftar",
    "import": "impor",
    "queue": "antrean",
    "queue list": "daftar",
    "queue show": "lihat",
    "queue fix": "perbaiki",
    "queue withdraw": "tarik",
    "worker": "pekerja",
    "worker list": "daftar",
    "worker search": "cari",
    "worker show": "lihat",
    "worker correct": "ubah",
    "worker withdraw": "tarik",
    "worker photo": "foto",
    "worker export": "ekspor",
    "worker erase": "hapus",
    "worker reactivate": "aktifkan",
    "bridge": "jembatan",
    "bridge carry": "bawa",
    "bridge list": "daftar",
    "bridge record": "catat",
    "bridge map": "peta",
    "worker questions": "pertanyaan",
    "worker answer": "jawab",
    "worker own-number": "nomor-sendiri",
    "contribution": "iuran",
    "contribution bpu": "bpu",
    "contribution pu": "pu",
    "contribution jakon": "jakon",
    "contribution pmi": "pmi",
    "benefit": "manfaat",
    "benefit jkk": "jkk",
    "benefit jkm": "jkm",
    "benefit jht": "jht",
    "benefit jp": "jp",
    "benefit jkp": "jkp",
    "benefit cover": "kepesertaan",
    "benefit simulate": "simulasi",
    "rules": "aturan",
    "rules list": "daftar",
    "rules show": "lihat",
    "rules check": "periksa",
    "rules update": "update",
    "register": "daftar-anggota",
    "register update": "perbarui",
    "register status": "status",
    "occupation": "pekerjaan",
    "region": "wilayah",
    "incentive": "insentif",
    "incentive calculate": "hitung",
    "payment": "bayar",
    "payment record": "catat",
    "payment receive": "terima",
    "payment remit": "setor",
    "payment confirm": "pastikan",
    "payment list": "daftar",
    "due": "tagihan",
    "sync": "sinkron",
    "sync status": "status",
    "sync bundle": "paket",
    "sync bundle export": "ekspor",
    "sync bundle import": "impor",
    "sync deposit": "titip",
    "sync reconcile": "rekonsiliasi",
    "outreach": "sosialisasi",
    "outreach record": "catat",
    "outreach list": "daftar",
    "outreach show": "lihat",
    "outreach correct": "ubah",
    "outreach attend": "hadir",
    "outreach follow-up": "tindak-lanjut",
    "outreach funnel": "corong",
    "outreach forget": "lupakan",
    "report": "laporan",
    "report enrollments": "pendaftaran",
    "report summary": "ringkasan",
    "report weekly": "mingguan",
    "report contributions": "iuran",
    "report money": "uang",
    "report due": "jatuh-tempo",
    "report returned": "dikembalikan",
    "report quality": "mutu",
    "report agents": "agen",
    "report retention": "bertahan",
    "report coverage": "cakupan",
    "report funnel": "corong",
    "report relief": "keringanan",
    "report book": "buku",
    "merge": "gabung",
    "merge key": "kunci",
    "merge questions": "pertanyaan",
    "merge answer": "jawab",
    "merge hand-over": "serahkan",
    "merge trail": "jejak",
    "merge status": "status",
    "central": "pusat",
    "central serve": "jalankan",
    "central agent": "agen",
    "central agent add": "tambah",
    "central agent list": "daftar",
    "central waiting": "menunggu",
    "central decide": "putuskan",
    "central questions": "pertanyaan",
    "central report": "laporan",
    "central officer": "petugas",
    "central officer add": "tambah",
    "central officer list": "daftar",
    "central officer revoke": "cabut",
    "central device": "perangkat",
    "central device list": "daftar",
    "central device suspend": "tangguhkan",
    "central device restore": "pulihkan",
    "central backup": "cadangkan",
    "central durable": "tercadang",
    "central key": "kunci",
    "central bundle": "paket",
    "central bundle accept": "terima",
    "central escrow": "titipan",
    "central escrow list": "daftar",
    "central escrow accept": "terima",
    "central reference": "acuan",
    "central reference publish": "terbitkan",
    "central reference list": "daftar",
    "central reference export": "ekspor",
    "central register": "daftar-anggota",
    "central register publish": "terbitkan",
    "central register export": "ekspor",
    "demo": "coba",
    "completion": "pelengkap",
}
"""English path of a command to the Indonesian name of its last word."""

OPTIONS: dict[str, str] = {
    "--wage": "--upah", "--risk": "--risiko", "--value": "--nilai", "--via": "--lewat",
    "--extra": "--tambahan", "--date": "--tanggal", "--base": "--dasar", "--event": "--kejadian",
    "--membership-months": "--bulan-peserta", "--arrears": "--tunggakan", "--percent": "--persen",
    "--loss": "--kehilangan", "--land": "--darat", "--sea": "--laut", "--air": "--udara",
    "--balance": "--saldo", "--yield": "--hasil", "--years": "--tahun", "--file": "--berkas",
    "--new": "--anggota-baru", "--new-agent": "--agen-baru",
    "--collected": "--iuran", "--scheme": "--skema",
    "--months": "--bulan", "--start": "--mulai", "--income": "--penghasilan", "--tier": "--lapisan",
    "--office": "--kantor", "--name": "--nama", "--region": "--wilayah", "--paid": "--dibayar",
    "--average-wage": "--upah-rata", "--on": "--pada", "--explain": "--jelaskan",
    "--paid-months": "--bulan-iuran", "--children": "--anak", "--role": "--peran",
    "--device-limit": "--batas-perangkat", "--address-limit": "--batas-alamat",
    "--proxy": "--proksi", "--token-file": "--berkas-tanda-masuk",
    "--output": "--keluaran",
    "--office-key": "--kunci-kantor", "--max-records": "--paling-banyak",
    "--max-bytes": "--batas-data", "--speed": "--kecepatan", "--wait": "--tunggu",
    "--from": "--dari", "--valid-from": "--berlaku", "--key": "--kunci",
    "--reason": "--alasan", "--money": "--uang", "--channel": "--kanal",
    "--member": "--anggota", "--days": "--hari",
    "--page": "--halaman", "--code": "--kode", "--again": "--ulang", "--to": "--ke",
    "--no-nik": "--tanpa-nik", "--accept": "--terima", "--column": "--kolom", "--sheet": "--lembar",
    "--attested": "--pernyataan", "--consent": "--persetujuan", "--all": "--semua",
    "--template": "--contoh", "--occupation": "--pekerjaan", "--payer": "--pembayar",
    "--since": "--sejak", "--week": "--minggu", "--figures": "--angka", "--offline": "--luring",
    "--central": "--pusat", "--place": "--tempat", "--state": "--keadaan", "--example": "--contoh",
    "--supervisor-key": "--kunci-penyelia", "--new-key": "--kunci-baru", "--choose": "--pilih",
    "--both": "--keduanya",
}  # fmt: skip
"""English name of an option to its Indonesian one, for messages that name it."""

TOP_LEVEL: dict[str, str] = {
    path: f"perisai_cli.cli.{path}" for path in INDONESIAN if " " not in path
} | {"import": "perisai_cli.cli.imports"}  # no module may have the name of a statement
"""Top-level command to the module that holds it, imported only when the command is asked for."""


def plain_word(typed: str) -> str | None:
    """Return what was typed where a name of ours was due, if it can't be a person's number."""
    word = typed[:30]
    return word if word.replace("-", "").isalpha() else None


def children(path: str) -> dict[str, str]:
    """Return the English names of the commands right below *path*, with the Indonesian ones."""
    prefix = f"{path} " if path else ""
    return {
        name.removeprefix(prefix): indonesian
        for name, indonesian in INDONESIAN.items()
        if name.startswith(prefix) and " " not in name.removeprefix(prefix)
    }


def english_of(path: str, typed: str) -> str | None:
    """Return the English name of what was typed below *path*, in either language."""
    below = children(path)
    if typed in below:
        return typed
    return next((english for english, indonesian in below.items() if indonesian == typed), None)


def shown(path: str, language: str) -> str:
    """Return the name of the command at *path* in *language*."""
    return INDONESIAN[path] if language == "id" else path.rsplit(" ", 1)[-1]


def spoken(path: str, language: str) -> str:
    """Return the line that calls a command in *language*, such as ``perisai antrean lihat``."""
    words = path.split(" ")
    parts = [shown(" ".join(words[: size + 1]), language) for size in range(len(words))]
    return " ".join(["perisai", *parts])


def option(name: str, language: str) -> str:
    """Return an option's name in *language*; one that has a single name keeps it."""
    return OPTIONS.get(name, name) if language == "id" else name
