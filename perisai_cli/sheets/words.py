"""Words in cells that stand for the codes of a worker: sexes, occupations, relations, payers."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz, process

from perisai_cli.domain.occupations import OCCUPATIONS
from perisai_cli.domain.terms import CONSENT_METHODS, PAYERS, RELATIONSHIPS, SECTORS
from perisai_cli.sheets.texts import plain


def _table(lines: dict[str, str]) -> dict[str, str]:
    """Return each of the words on a code's line, and the code itself, to the code."""
    pairs = {word.strip(): code for code, words in lines.items() for word in words.split(";")}
    return pairs | {plain(code): code for code in lines}


SEXES = _table({
    "M": "l; lk; laki; laki laki; lelaki; pria; m; male; man; cowok; laki2; lki laki; bapak; tn",
    "F": "p; pr; perempuan; wanita; w; f; female; woman; cewek; prempuan; wnt; ibu; ny; nn",
})  # fmt: skip

_OCCUPATION_WORDS = _table({
    "food_seller": "pedagang makanan; penjual makanan; warung makan; pedagang bakso; penjual bakso;"
    " pedagang nasi; penjual nasi; pedagang kaki lima; pkl; kuliner; katering; catering;"
    " pedagang jajanan; penjual jajanan; pedagang sate; food seller; penjual kue; pedagang kue;"
    " pedagang minuman; penjual kopi; penjual jamu; pedagang gorengan; warung nasi; angkringan",
    "fish_worker": "fish processor or seller;"
    " pedagang ikan; penjual ikan; pengolah ikan; pemindang; buruh ikan; fish worker;"
    " pengolah atau penjual ikan; penjual atau pengolah ikan; pengasap ikan; bakul ikan",
    "shop_owner": "pemilik warung; small shop owner warung;"
    " warung; pemilik toko; toko; kios; toko kelontong; kelontong;"
    " pemilik kios; warung kelontong; shop owner; sembako; pedagang sembako; konter; counter",
    "trader": "pedagang; dagang; penjual; trader; pedagang pasar; berdagang; jualan; seller;"
    " jual beli; pedagang sayur; bakul; pengecer; pedagang canang; penjual canang; pedagang buah;"
    " pedagang keliling; wiraswasta dagang; pedagang kain; pedagang daging; pedagang ayam",
    "fisher": "nelayan; fisher; fisherman; nelayan tangkap; penangkap ikan; abk kapal ikan;"
    " petani rumput laut; pembudidaya ikan; penyelam; nelayan kecil",
    "farm_worker": "buruh tani; buruh kebun; pekerja kebun; farm worker; penggarap; buruh sawit",
    "farmer": "petani; tani; pekebun; farmer; petani sayur; petani padi; petani kopi; berkebun;"
    " petani pekebun; petani penggarap",
    "livestock": "peternak; ternak; peternak sapi; peternak ayam; peternak babi; livestock;"
    " livestock farmer; penggembala; peternakan",
    "tailor": "penjahit; jahit; tukang jahit; tailor; modiste; konveksi",
    "weaver": "penenun; tenun; tukang tenun; weaver; pengrajin tenun; perajin tenun",
    "artisan": "perajin; pengrajin; kerajinan; pemahat; pengukir; tukang ukir; artisan;"
    " pandai besi; pembatik; perajin perak; tukang kayu ukir; craftsman; tukang anyam",
    "builder": "tukang bangunan; tukang; buruh bangunan; builder; kuli bangunan; tukang batu;"
    " tukang kayu; tukang cat; tukang las; construction worker; pekerja bangunan; tukang listrik",
    "mechanic": "montir; mekanik; bengkel; mechanic; tukang bengkel; tambal ban; teknisi",
    "domestic_worker": "pekerja rumah tangga; pembantu; pembantu rumah tangga; prt; art; pengasuh;"
    " asisten rumah tangga; domestic worker; pramuwisma; baby sitter; babysitter",
    "porter": "buruh angkut; porter; kuli; kuli panggul; tukang suun; tukang panggul; kuli angkut;"
    " buruh pelabuhan; tukang angkut; buruh pikul",
    "cleaner": "petugas kebersihan; cleaner; tukang sampah; pemulung; cleaning service;"
    " tukang sapu; penyapu jalan; tukang kebun; petugas sampah",
    "barber": "tukang cukur; barber; pangkas rambut; salon; penata rambut; hairdresser; terapis;"
    " tukang pijat; pijat; spa; therapist",
    "guide": "pemandu wisata; guide; pemandu; tour guide; tour leader; instruktur selancar",
    "artist": "seniman; artist; penari; penabuh; pemusik; musisi; pelukis; penyanyi; dalang",
    "teacher": "guru; teacher; guru ngaji; guru les; pengajar; guru honorer; ustaz ustazah; tutor",
    "religious": "pelayan agama; religious; ustaz; ustadz; pendeta; pemangku; marbot; marbut; imam;"
    " jero mangku; pinandita; pastor; rohaniwan; imam masjid",
    "professional": "profesional mandiri; independent professional;"
    " professional; pengacara; dokter; notaris; konsultan;"
    " bidan; freelancer; pekerja lepas; freelance; fotografer; akuntan; arsitek; programmer",
    "other": "pekerjaan lain; lainnya; lain lain; other",
    "truck_driver": "sopir truk; supir truk; truck driver; sopir truck; supir truck;"
    " sopir ekspedisi",
    "motorcycle_taxi": "tukang ojek; ojek; ojol; ojek online; driver ojol; gojek; grab; maxim;"
    " grabbike; goride; motorcycle taxi; pengojek; ojek pangkalan; driver online; ojek motor",
    "courier": "kurir; courier; kurir paket; pengantar paket; ojek paket; shopee express; delivery",
    "pedicab": "tukang becak; becak; pedicab; bentor; pengemudi becak; tukang dokar; kusir",
    "boatman": "tukang perahu; boatman; tukang sampan; nakhoda; juru mudi; ketinting; abk",
    "driver": "sopir; supir; driver; pengemudi; sopir angkot; sopir taksi; sopir angkutan;"
    " sopir bus; supir angkot; supir taksi; sopir pariwisata; driver pariwisata; sopir travel;"
    " taksi",
})  # fmt: skip

_RELATIONSHIP_WORDS = _table({
    "spouse": "istri; isteri; suami; suami istri; pasangan; spouse; wife; husband",
    "child": "anak; anak kandung; anak angkat; son; daughter; putra; putri; anak pertama;"
    " anak ke 1",
    "parent": "orang tua; orangtua; ayah; ibu; bapak; ayah kandung; ibu kandung; mother; father;"
    " bapak kandung; ortu",
    "sibling": "kakak; adik; saudara; saudari; saudara kandung; kakak kandung; adik kandung;"
    " brother; sister; kk kandung",
    "grandparent": "kakek; nenek; grandfather; grandmother",
    "grandchild": "cucu; grandson; granddaughter",
    "in_law": "mertua; menantu; ipar; mother in law; father in law; parent in law;"
    " child in law; son in law; daughter in law",
    "other": "lainnya; lain lain; keponakan; paman; bibi; sepupu; famili lain; kerabat; nephew;"
    " niece; uncle; aunt; cousin",
})  # fmt: skip

_PAYER_WORDS = _table({
    "self": "sendiri; mandiri; pribadi; peserta; bayar sendiri",
    "sponsor": "csr; donatur; perusahaan; sponsorship", "apbn": "pemerintah pusat",
    "apbd-province": "apbd provinsi; apbd prov; provinsi; pemprov",
    "apbd-regency": "apbd kabupaten; apbd kota; apbd kab; kabupaten; pemkab; pemkot; kota;"
    " apbd kabupaten kota",
    "village": "desa; apbdes; dana desa; kelurahan; apb desa", "dbhcht": "dbh cht; cukai tembakau",
})  # fmt: skip

_SECTOR_WORDS = _table({
    "transport": "transportasi; angkutan; transport; transportation",
    "other": "lainnya; lain; umum",
})  # fmt: skip

_METHOD_WORDS = _table({
    "signature": "tanda tangan; ttd; tandatangan; paraf", "thumbprint": "cap jempol; cap ibu jari",
    "spoken": "lisan; ucapan; verbal", "digital": "elektronik; online",
})  # fmt: skip

_ANSWERS = dict.fromkeys(("ya", "y", "yes", "true", "1", "setuju", "v", "bersedia", "x"), True)
_ANSWERS |= dict.fromkeys(("tidak", "t", "no", "n", "false", "0", "tdk", "bukan"), False)

_PROGRAM = re.compile(r"jkk|jkm|jht|[a-z]+|[0-9]+")
_SURE = 88
_JOINED = re.compile(r"[/,;&+]| dan | atau | and ")

assert set(_OCCUPATION_WORDS.values()) == set(OCCUPATIONS)
assert set(_RELATIONSHIP_WORDS.values()) == set(RELATIONSHIPS)
assert set(_PAYER_WORDS.values()) == set(PAYERS)
assert set(_SECTOR_WORDS.values()) == set(SECTORS)
assert set(_METHOD_WORDS.values()) == set(CONSENT_METHODS)


@lru_cache(maxsize=2048)
def occupations_in(text: str) -> tuple[tuple[str, ...], bool]:
    """Return the codes of the occupations that *text* names, and whether all of it was understood.

    Words known as a whole come first, then one close in spelling, then a known word at its
    beginning, as in ``pedagang sandal``.
    """
    whole = _occupation(plain(text))
    if whole:
        return (whole,), True
    parts = [plain(part) for part in _JOINED.split(text.lower())]
    codes = [_occupation(part) for part in parts if part]
    known = tuple(dict.fromkeys(code for code in codes if code))
    if known:
        return known, None not in codes
    begun = _beginning(plain(text))
    return ((begun,), True) if begun else ((), False)


def _occupation(words: str) -> str | None:
    if words in _OCCUPATION_WORDS:
        return _OCCUPATION_WORDS[words]
    if len(words) < 5:
        return None
    close = process.extractOne(
        words, _OCCUPATION_WORDS.keys(), scorer=fuzz.ratio, score_cutoff=_SURE
    )
    return _OCCUPATION_WORDS[close[0]] if close else None


def _beginning(text: str) -> str | None:
    """Return the occupation of the longest known words that *text* begins with."""
    words = text.split()
    begins = (" ".join(words[:count]) for count in range(len(words), 0, -1))
    return next((_OCCUPATION_WORDS[each] for each in begins if each in _OCCUPATION_WORDS), None)


@lru_cache(maxsize=512)
def relationship_in(text: str) -> str | None:
    """Return the code of a relation between heir and worker."""
    whole = _RELATIONSHIP_WORDS.get(plain(text))
    if whole:
        return whole
    codes = {_RELATIONSHIP_WORDS.get(plain(part)) for part in _JOINED.split(text.lower())}
    return codes.pop() if len(codes) == 1 else None  # "suami/istri" is one and the same


@lru_cache(maxsize=512)
def payer_in(text: str) -> str | None:
    """Return the code of who pays."""
    return _PAYER_WORDS.get(plain(text))


@lru_cache(maxsize=512)
def sector_in(text: str) -> str | None:
    """Return the code of a sector."""
    return _SECTOR_WORDS.get(plain(text))


@lru_cache(maxsize=512)
def method_in(text: str) -> str | None:
    """Return the code of a way to consent."""
    return _METHOD_WORDS.get(plain(text))


@lru_cache(maxsize=512)
def answer_in(text: str) -> bool | None:
    """Return whether a cell says yes or no."""
    return _ANSWERS.get("v" if text in ("✓", "✔", "√", "☑") else plain(text))


@lru_cache(maxsize=512)
def programs_in(text: str) -> tuple[str, ...] | None:
    """Return the programmes that *text* names, or None where a word is no programme.

    ``2 program`` are JKK and JKM, ``3 program`` JHT as well (PP 44/2015, PP 46/2015).
    """
    numbered = re.fullmatch(r"([23]) ?(?:program\w*)?", plain(text))
    if numbered:
        return ("jkk", "jkm", "jht")[: int(numbered[1])]
    said = [word for word in _PROGRAM.findall(plain(text)) if word not in ("dan", "program", "and")]
    codes = tuple(code for code in ("jkk", "jkm", "jht") if code in said)
    return codes if codes and set(said) <= set(codes) else None
