"""What the headings of columns mean, in both languages and the spellings of the field."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import fuzz, process

from perisai_cli.sheets.texts import plain

UNREAD = ""
"""The field of a column that is known and not read, such as a running number."""

FIELDS: dict[str, str] = {
    "nik": "nik; nomor ktp; nomor induk kependudukan; nomor identitas; nomor e ktp; nomor ektp;"
    " ktp; ektp; e ktp; induk kependudukan; nomor nik; nik ktp; nik peserta; nomor nik ktp;"
    " identity number; national id; nik number; id number; nik 16 digit; nomor kependudukan;"
    " nomor induk penduduk; nomor kartu tanda penduduk; national identity number",
    "name": "nama; nama lengkap; nama peserta; nama pekerja; nama anggota; nama sesuai ktp;"
    " nama tenaga kerja; nama calon peserta; nama pedagang; nama nelayan; nama petani; name;"
    " full name; worker name; member name; nama lengkap sesuai ktp; nama warga; nama penduduk;"
    " nama tk; nama pemilik; nama di ktp",
    "birth_place": "tempat lahir; kota lahir; kota kelahiran; tempat kelahiran; birth place;"
    " place of birth; birthplace",
    "birth_date": "tanggal lahir; tanggal kelahiran; tanggal bulan tahun lahir; birth date;"
    " date of birth; dob; birthdate; birthday; lahir; tanggal lahir dd mm yyyy; kelahiran",
    "birth": "ttl; tempat tanggal lahir; tempat dan tanggal lahir; place and date of birth;"
    " tempat tanggal bulan tahun lahir; tempat tanggal kelahiran; place date of birth",
    "sex": "jenis kelamin; l p; p l; lp; kelamin; gender; sex; laki laki perempuan; p w; w p;"
    " pria wanita; m f; jenis kelamin l p; laki perempuan; lk pr; l k p r",
    "phone": "nomor hp; hp; telepon; nomor telepon; wa; nomor wa; whatsapp; nomor whatsapp;"
    " nomor handphone; handphone; phone; phone number; mobile; mobile number; nomor hp wa;"
    " hp wa; nomor telepon hp; telepon hp; kontak; nomor kontak; nomor ponsel; ponsel; cell phone;"
    " nomor seluler; nomor hp aktif; contact number; contact",
    "email": "email; e mail; surel; alamat email; alamat surel; email address",
    "address.text": "alamat; alamat lengkap; alamat rumah; alamat domisili; alamat ktp; domisili;"
    " alamat tinggal; tempat tinggal; address; home address; street; alamat sesuai ktp; jalan;"
    " alamat tempat tinggal; alamat peserta; street address; alamat alamat; alamat jalan",
    "address.rt": "rt; alamat rt", "address.rw": "rw; alamat rw",
    "address.rt_rw": "rt rw; rt dan rw; rtrw; alamat rt rw",
    "address.village": "desa; kelurahan; desa kelurahan; kelurahan desa; kampung; village;"
    " desa kampung; kampung kelurahan; nagari; alamat desa; alamat kelurahan;"
    " alamat desa kelurahan; alamat kelurahan desa; nama desa; desa dinas; desa adat; banjar desa;"
    " desa kelurahan kampung",
    "address.district": "kecamatan; distrik; kecamatan atau distrik;"
    " district; alamat kecamatan; sub district;"
    " subdistrict; kecamatan distrik; nama kecamatan; alamat distrik",
    "address.regency": "kabupaten; kota; kabupaten atau kota;"
    " kabupaten kota; kota kabupaten; regency; city;"
    " alamat kabupaten; alamat kota; alamat kabupaten kota; alamat kota kabupaten; regency city",
    "address.province": "provinsi; propinsi; province; alamat provinsi",
    "address.region": "kode wilayah; kode kecamatan; region code; region; wilayah",
    "occupations.code": "pekerjaan; jenis pekerjaan; profesi; occupation; job; mata pencaharian;"
    " jenis usaha; usaha; bidang usaha; work; profession; pekerjaan utama; bidang pekerjaan;"
    " pekerjaan profesi; kode pekerjaan; jenis dagangan",
    "occupations.place": "lokasi; pasar; lokasi kerja; tempat kerja; lokasi usaha; tempat usaha;"
    " lokasi pekerjaan; place of work; work place; workplace; market; nama pasar; tempat bekerja;"
    " alamat usaha; alamat kerja; alamat tempat usaha; lokasi pasar; pangkalan; dermaga; pelabuhan;"
    " tempat berjualan; lokasi berjualan; work location; harbour",
    "income": "penghasilan; upah; pendapatan; gaji; income; wage; penghasilan per bulan;"
    " pendapatan per bulan; upah per bulan; penghasilan bulanan; monthly income; salary;"
    " rata rata penghasilan; penghasilan rp; upah rp; pendapatan bulanan; gaji per bulan;"
    " dasar upah; penghasilan sebulan; rata rata pendapatan; upah dilaporkan; omzet",
    "tier": "lapisan; tier; lapisan penghasilan; lapisan iuran",
    "programs": "program; programs; jenis program; program diikuti; kepesertaan; paket program;"
    " program yang diikuti; program bpjs",
    "sector": "sektor; sector",
    "payer": "pembayar; payer; pembayar iuran; sumber dana; dibayar oleh",
    "start": "bulan mulai; mulai; start; bulan pertama; start month; mulai bulan; bulan; periode;"
    " month; bulan iuran pertama; bulan awal; bulan daftar; first month; mulai iuran",
    "months": "jumlah bulan; banyaknya bulan; lama bulan; months; number of months; lama; durasi;"
    " bulan dibayar; jangka waktu; lama iuran; berapa bulan; masa iuran",
    "heirs.name": "ahli waris; nama ahli waris; heir; heir name; heirs; nama waris;"
    " ahli waris nama; ahli waris nama lengkap; heir s name; beneficiary; beneficiary name;"
    " pewaris; waris",
    "heirs.relationship": "hubungan; hubungan ahli waris; hubungan keluarga; relationship;"
    " ahli waris hubungan; hubungan dengan peserta; heir relationship; hub; hub keluarga;"
    " hubungan waris; hub ahli waris; status hubungan; ahli waris hub; relation;"
    " status ahli waris; hubungan dengan ahli waris; heir s relationship",
    "attestation.working": "masih bekerja; bekerja; still working; working; aktif bekerja",
    "attestation.critically_ill": "sakit kritis; sakit berat; critically ill; critical illness",
    "consent.given": "persetujuan; setuju; consent; bersedia",
    "consent.method": "cara setuju; cara persetujuan; consent method",
    "identity": "perisai id",
    UNREAD: "nomor; nomor urut; no urut; row; number; urut; nama ibu kandung; ibu kandung;"
    " nama gadis ibu kandung; mother s maiden name; mother s name; nama ibu; keterangan; ket;"
    " catatan; note; notes; remarks; tanda tangan; ttd; paraf; signature; nomor kk;"
    " nomor kartu keluarga; kk; kartu keluarga; family card number; agama; religion; umur; usia;"
    " age; status; status perkawinan; status kawin; status pernikahan; marital status;"
    " pendidikan; education; golongan darah; kewarganegaraan; kode pos; postal code; npwp;"
    " nomor rekening; rekening; bank account; nomor peserta; nomor kpj; kpj; kelompok;"
    " nama kelompok; nama suami istri; nama suami; nama istri; nama pasangan; nama anak;"
    " nama kapal; nama toko; nama usaha; nama ayah; nama ketua;"
    " nomor anggota; jumlah iuran; iuran; nik ahli waris; ahli waris nik; tanggal lahir ahli waris;"
    " ahli waris tanggal lahir; nomor hp ahli waris; ahli waris nomor hp; alamat ahli waris;"
    " ahli waris alamat; jumlah anak; tanggal daftar; tanggal; date; foto; jumlah tanggungan",
}  # fmt: skip
"""Worker's field to the headings that stand for it, written as ``_words`` makes them."""

_SHORT = {
    "no": "nomor", "nmr": "nomor", "nomer": "nomor", "num": "nomor", "nm": "nama", "tgl": "tanggal",
    "tg": "tanggal", "tmp": "tempat", "tmpt": "tempat", "tpt": "tempat", "kel": "kelurahan",
    "ds": "desa", "kec": "kecamatan", "kab": "kabupaten", "prov": "provinsi", "prop": "provinsi",
    "telp": "telepon", "tlp": "telepon", "tel": "telepon", "telpon": "telepon",
    "telephone": "phone",
    "jns": "jenis", "jk": "jenis kelamin", "jml": "jumlah", "jlh": "jumlah", "almt": "alamat",
    "bln": "bulan", "thn": "tahun", "pek": "pekerjaan", "lok": "lokasi", "psr": "pasar",
    "perbulan": "per bulan", "nohp": "nomor hp", "notelp": "nomor telepon", "nowa": "nomor wa",
    "noktp": "nomor ktp", "kelamin": "kelamin", "dd": "", "mm": "", "yyyy": "", "rp": "", "hh": "",
    "bb": "", "tttt": "", "wajib": "", "diisi": "", "pengisian": "",
}  # fmt: skip
_MEANINGS = {
    phrase.strip(): field for field, known in FIELDS.items() for phrase in known.split(";")
}
_PHRASES = [phrase for phrase in _MEANINGS if len(phrase) > 4]
_SURE = 88
_LONGEST = 60


def _words(heading: str) -> str:
    """Return a heading in plain words, its abbreviations written out."""
    words = plain(heading.replace("'", " ")).split()
    return " ".join(" ".join(_SHORT.get(word, word) for word in words).split())


@lru_cache(maxsize=4096)
def meaning(heading: str) -> str | None:
    """Return the field that a heading names, ``UNREAD``, or None where it says nothing known."""
    if len(heading) > _LONGEST:
        return None
    for text in dict.fromkeys((plain(heading), _words(heading))):
        if text in _MEANINGS:
            return _MEANINGS[text]
    words = _words(heading)
    if not any(letter.isalpha() for letter in words) or len(words) < 4:
        return None
    found = process.extractOne(words, _PHRASES, scorer=fuzz.token_sort_ratio, score_cutoff=_SURE)
    return _MEANINGS[found[0]] if found else None
