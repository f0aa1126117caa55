"""The words behind the hints, as tables (requirements §4: urgency, languages, categories)."""

from __future__ import annotations

from core.model.cleaning import terms

NEGATIONS = terms("bukan bkn tidak tdk tak gak ga gk nggak ngga enggak ora boten mboten not no")
"""Cancel a hint up to two words behind them."""

OSING_NEGATION = terms("sing")
"""The word "sing" means "not" in Osing and "which" in Javanese."""

MEDICAL = terms(
    "igd ugd pendarahan perdarahan kecelakaan tidak_sadar tdk_sadar gak_sadar ga_sadar pingsan "
    "sekarat kejang keracunan sesak_napas sesak_nafas serangan_jantung bunuh_diri henti_napas",
)
"""Danger for life or limb."""

EMERGENCY = MEDICAL | terms(
    "darurat urgent urgen emergency kebakaran terbakar konslet korslet korsleting asap berasap "
    "gosong meledak ledakan ransomware diretas diretasnya dihack peretasan kena_hack kena_retas "
    "kena_virus server_mati server_down tersetrum kesetrum",
)
HIGH = terms(
    "mendesak gawat lumpuh terhenti pasien menumpuk ujian rawan begal pungli semua_komputer "
    "seluruh_komputer semua_pc satu_kantor putus_total batas_akhir disebar bocor_data data_bocor "
    "hari_raya",
)
LOW = terms("usul usulan saran sekedar_tanya sekadar_tanya tinta_printer tinta_habis")
CALM_WHEN_NEGATED = terms("mendesak urgent urgen")
"""Words whose negation ("tidak mendesak") asks for less haste than usual."""

_LANGUAGES = {
    "jv": "neng ing kulo nuwun sewu boten mboten saged sampun nyobi kaping wis ono piye iki "
    "durung tonggoku entuk kabeh ora dino maneh opo aku kowe panjenengan ndandani dalem wonten "
    "njih nggih sampeyan kulo mboten dereng pripun nopo niki niku telung rong urip awan wingi "
    "sesuk mung akeh kudu iso",
    "osi": "isun rika riko paran kelendi byaen byain durung mageh gyancang byanyu dyamar "
    "ring kabyeh njaluk ndandani hun kadhung wis iki gedigi gedigu kari enong byalik umyah",
    "mad": "ta odhi polana mate bede badha engkok sengkok kaule kaula bhunten enten enggi engghi "
    "ghi mangken ponapa napa arapa dhimma kadhi komputerra aeng oreng ampon tade tadek "
    "lakar ghallu",
    "su": "teu abdi kumaha naha atos parantos ieu eta aya henteu urang bade acan nuju punten "
    "mangga kedah wios hatur nuhun upami teras euy oge tiasa",
    "en": "the is and please my our to not with cannot of we have me it was on for be are does "
    "keeps your out after from before without this that been need",
}
_WEIGHTED = {
    "network": "internet:3 internetnya:3 wifi:3 jaringan:3 lan:2 vpn:3 inet:3 router:2 switch:2 "
    "modem:2 sinyal:2 lemot:1 putus:1 online:1 hotspot:3 bandwidth:3 koneksi:2",
    "hardware": "printer:4 komputer:2 komp:2 pc:3 laptop:3 monitor:3 scanner:4 keyboard:3 "
    "mouse:3 tinta:2 cpu:3 proyektor:3 ups:1 harddisk:3 layarnya:1 toner:3 mesin_fotokopi:4 "
    "fotokopi:3 komputerra:1",
    "application": "aplikasi:2 aplikasinya:2 error:1 errornya:2 website:3 websitenya:3 web:2 "
    "server:2 sistem:1 absensi:2 e_kinerja:2 simpan_data:1 browser:1 loading:1 loadingnya:1 "
    "fitur:2 sertifikat:1 database:2",
    "account": "password:4 sandi:4 login:3 akun:4 account:4 sso:3 terkunci:2 username:3 lock:1 "
    "pswd:4 verifikasi_akun:3 kata_sandi:2",
    "power": "listrik:4 padam:3 genset:3 dyamar:4 konslet:3 korslet:3 ups:2 pln:3 mati_lampu:4",
    "security": "virus:4 ransomware:6 hack:5 hacked:5 diretas:6 malware:5 phishing:5 peretasan:6 "
    "judi:3 dibobol:5",
    "waiting_time": "antre:3 antrean:3 antrian:3 antri:3 menunggu:1 lambat:1 dipanggil:2 lama:1 "
    "lamban:2 pengurusan:3 menumpuk:1 ngantri:3",
    "staff_conduct": "ketus:5 kasar:4 marah:3 sikap:4 tidak_sopan:5 jutek:5 pelayanan_bangsat:5 "
    "judes:5 petugas_kasar:4 dasar_pelayanan:4 membentak:5 bentak:5",
    "medical_care": "dokter:4 perawat:3 rawat:1 operasi:2 dirujuk:4 rujukan:4 tindakan_medis:5 "
    "salah_diagnosa:5 diagnosa:4 bidan:3 ambulans:4",
    "medicine": "obat:4 obatnya:4 apotek:4 apotik:4 resep:4 paket_obat:4 farmasi:4 vaksin:3",
    "billing": "tagihan:6 biaya:3 bayar:2 kwitansi:4 tarif:3 iuran:3 retribusi:4 pembayaran:3 "
    "refund:4",
    "facility": "kamar_mandi:5 toilet:5 wc:5 ac:3 kebersihan:4 kotor:4 parkir:3 kursi:3 lift:4 "
    "ruang_rawat:2 air_mati:2 bocor:2 sampah:2 air_di:2 mushola:3",
    "logistics": "logistik:5 atk:4 stok:2 gudang:3 pengiriman_barang:4 kertas_hvs:3",
    "licensing": "perizinan:5 izin:3 ijin:3 nib:5 oss:4 imb:5 pbg:5 siup:5 permit:5",
    "civil_registry": "ktp:5 kk:4 akta:5 kependudukan:6 dukcapil:6 e_ktp:5 kartu_keluarga:6 "
    "surat_pindah:4 kia:4",
    "public_works": "lampu_jalan:7 jalan:2 jalan_rusak:6 pdam:6 byanyu:3 selokan:5 drainase:5 "
    "jembatan:5 trotoar:5 cctv:4 pju:6 perempatan:3 berlubang:5 banjir:4",
    "social_aid": "bansos:7 bantuan_sosial:7 pkh:6 bpnt:6 blt:6 sembako:4",
    "extortion": "pungli:8 pungutan:6 diminta_uang:8 minta_uang:7 dimintai_uang:8 suap:7 sogok:7 "
    "uang_pelicin:8",
    "data_privacy": "data_pribadi:7 disebar:6 hapus_data:6 data_bocor:7 bocor_data:7 "
    "kebocoran_data:7 kerahasiaan:4",
    "information": "mau_tanya:4 tanya:2 syarat:4 persyaratan:4 lowongan:5 jam_layanan:5 jadwal:2 "
    "bertanya:2 informasi:2 alamat_kantor:3",
}
RANKED: tuple[str, ...] = (
    "security", "extortion", "data_privacy", "power", "social_aid", "civil_registry", "licensing",
    "public_works", "medicine", "billing", "staff_conduct", "medical_care", "waiting_time",
    "account", "facility", "network", "hardware", "application", "logistics", "information",
)  # fmt: skip
"""All categories but ``other``; of two with equal weight the earlier one wins."""

_NAMES = {
    "network": "jaringan, internet, wifi, network, koneksi",
    "hardware": "perangkat keras, hardware, komputer, printer, perangkat",
    "application": "aplikasi, software, perangkat lunak, application, website, sistem",
    "account": "akun, akun dan kata sandi, kata sandi, password, sandi, account, login",
    "power": "listrik, power, listrik padam",
    "security": "keamanan informasi, keamanan, security, virus",
    "waiting_time": "antrean, antrian, antrean dan lamanya proses, waiting time, lama proses",
    "staff_conduct": "sikap petugas, sikap, petugas, staff conduct, pelayanan petugas",
    "medical_care": "pelayanan medis, medis, medical care",
    "medicine": "obat, medicine, farmasi, apotek",
    "billing": "biaya, tagihan, billing, pembayaran",
    "facility": "sarana dan kebersihan, sarana, kebersihan, fasilitas, facility, sarana prasarana",
    "logistics": "logistik, logistics",
    "licensing": "perizinan, izin, licensing",
    "civil_registry": "kependudukan, dukcapil, civil registry, ktp",
    "public_works": "jalan, lampu, air, jalan lampu air, infrastruktur, public works, pdam, "
    "lampu jalan",
    "social_aid": "bantuan sosial, bansos, social aid",
    "extortion": "pungutan liar, pungli, extortion",
    "data_privacy": "data pribadi, data privacy, privasi",
    "information": "permintaan informasi, informasi, information",
    "other": "lainnya, lain lain, lain-lain, other, umum",
}
CATEGORY_NAMES: dict[str, str] = {
    name.strip(): key for key, names in _NAMES.items() for name in names.split(",")
}
"""Folded names a citizen may write for a category, to its key."""


def _weights() -> dict[str, tuple[tuple[str, int], ...]]:
    table: dict[str, tuple[tuple[str, int], ...]] = {}
    for category, listed in _WEIGHTED.items():
        for entry in listed.split():
            term, _, weight = entry.partition(":")
            name = term.replace("_", " ")
            table[name] = (*table.get(name, ()), (category, int(weight)))
    return table


def _languages() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for language, listed in _LANGUAGES.items():
        for word in set(listed.split()):
            table[word] = (*table.get(word, ()), language)
    return table


CATEGORY_WORDS: dict[str, tuple[tuple[str, int], ...]] = _weights()
"""Words and word pairs, to categories with weights."""

LANGUAGE_WORDS: dict[str, tuple[str, ...]] = _languages()
"""Marker words, to the languages they may belong to."""
