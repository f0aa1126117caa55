"""The texts of notices, commands and surveys that requirements §5 asks for without wording them.

The same rules as in :mod:`core.model.text_defaults`, which holds them all: keys with ``_sms`` are
one SMS of at most 160 GSM-7 septets with the longest usual values, no word guesses, and whatever
names a state gives its reason.
"""

from __future__ import annotations

_NOTICES_SMS = {
    "register_sms": (
        "Mohon lengkapi data diri Anda, cukup satu kali, di {tautan_daftar} Tiket {tiket} tetap "
        "berjalan."
    ),
    "register_first_sms": (
        "Tiket {tiket} dikerjakan setelah data diri Anda lengkap. Isi satu kali di {tautan_daftar}"
    ),
    "assigned_later_sms": (
        "Batas selesai tiket {tiket} kini {selesai} {zona}, karena {alasan}. Ditangani "
        "{petugas}, {unit}, mulai {mulai}."
    ),
    "due_later_sms": (
        "Batas selesai tiket {tiket} menjadi {selesai} {zona}, karena {alasan}. Mohon maaf, kami "
        "kabari setiap perkembangan."
    ),
    "en_route_sms": (
        "Petugas {petugas} sedang menuju lokasi untuk tiket {tiket}. Mohon siapkan akses ke "
        "lokasi. Ada perubahan? Balas pesan ini."
    ),
    "visit_planned_sms": (
        "Kunjungan untuk tiket {tiket}: {waktu} {zona} oleh {petugas}. Bila waktunya kurang "
        "cocok, balas pesan ini."
    ),
    "pending_sms": (
        "Tiket {tiket} menunggu {untuk}, karena {alasan}. Perkiraan dilanjutkan {lanjut} "
        "{zona}. Kami kabari. Mohon maaf."
    ),
    "merged_sms": (
        "Tiket {tiket} digabung dengan tiket {tiket_induk} karena masalahnya sama. Kabar "
        "berikutnya memakai nomor {tiket_induk}. Cek: STATUS {tiket_induk}"
    ),
    "cancelled_sms": (
        "Tiket {tiket} dibatalkan, karena {alasan}. Masih perlu ditangani? Balas BUKA {tiket} "
        "s/d {batas} {zona}."
    ),
    "objection_accepted_sms": (
        "Keberatan atas tiket {tiket} diterima, tiket ditelaah kembali. Dijawab paling lambat "
        "{jawab}, selesai paling lambat {selesai} {zona}."
    ),
    "objection_refused_sms": (
        "Keberatan atas tiket {tiket} dibaca petugas lain, keputusan tetap, karena {alasan}. "
        "Masalah lain? Kirim HELPDESK isi keluhan."
    ),
    "back_to_work_sms": (
        "Tiket {tiket} kami kerjakan lagi, karena {alasan}. Batas selesai {selesai} {zona}. "
        "Kami kabari begitu selesai. Mohon maaf."
    ),
    "escalated_early_sms": (
        "Tiket {tiket} kami laporkan ke {jabatan}, karena {alasan}. Percakapan tetap terbuka. "
        "Kabar s/d {kabar} {zona}"
    ),
    "resolved_unlinked_sms": (
        "Tiket {tiket} selesai: {solusi}. Belum beres? Balas BUKA {tiket} s/d {tutup}. Mohon "
        "nilai layanan kami: balas NILAI"
    ),
}

_NOTICES = {
    "register": (
        "Agar kabar sampai kepada orang yang tepat, mohon lengkapi data diri Anda, cukup satu "
        "kali:\n{tautan_daftar}\n\n"
        "Tiket {tiket} tetap berjalan, dengan atau tanpa pendaftaran."
    ),
    "register_first": (
        "Pekerjaan untuk tiket {tiket} dimulai setelah data diri Anda lengkap. Mohon isi, cukup "
        "satu kali:\n{tautan_daftar}\n\n"
        "Nomor tiket dan batas jawaban petugas tetap berlaku."
    ),
    "assigned_later": (
        "Tiket {tiket} sekarang ditangani {petugas} dari {unit}.\n"
        "Rencana mulai: {mulai} {zona}\n"
        "Batas selesai menjadi: {selesai} {zona}\n"
        "Alasan: {alasan}\n\n"
        "Mohon siapkan akses ke lokasi atau perangkat terkait. Bila waktunya kurang cocok, "
        "balas pesan ini."
    ),
    "due_later": (
        "Batas selesai tiket {tiket} menjadi {selesai} {zona}.\n"
        "Alasan: {alasan}\n\n"
        "Mohon maaf atas perubahan ini. Kami kabari setiap perkembangan, dan Anda dapat membalas "
        "pesan ini kapan saja."
    ),
    "en_route": (
        "Petugas {petugas} sedang menuju lokasi Anda untuk tiket {tiket}.\n\n"
        "Mohon siapkan akses ke lokasi atau perangkat terkait. Bila ada perubahan, balas pesan "
        "ini."
    ),
    "visit_planned": (
        "Kunjungan petugas untuk tiket {tiket} dijadwalkan {waktu} {zona}.\n"
        "Petugas: {petugas}\n\n"
        "Mohon siapkan akses ke lokasi atau perangkat terkait. Bila waktunya kurang cocok, "
        "balas pesan ini."
    ),
    "pending": (
        "Tiket {tiket} sementara menunggu.\n"
        "Menunggu: {untuk}\n"
        "Alasan: {alasan}\n"
        "Hasil pemeriksaan: {temuan}\n"
        "Perkiraan dilanjutkan: {lanjut} {zona}\n\n"
        "Kami kabari begitu pekerjaan berlanjut. Anda dapat membalas pesan ini kapan saja. "
        "Mohon maaf atas penundaan ini."
    ),
    "merged": (
        "Tiket {tiket} kami gabung dengan tiket {tiket_induk} karena masalahnya sama.\n"
        "Pesan Anda tetap tersimpan dan dibaca bersama tiket itu.\n\n"
        "Kabar berikutnya memakai nomor {tiket_induk}. Untuk melihat perkembangan, ketik "
        "STATUS {tiket_induk}."
    ),
    "cancelled": (
        "Tiket {tiket} dibatalkan.\n"
        "Alasan: {alasan}\n\n"
        "Bila laporan ini masih perlu ditangani, balas BUKA {tiket} paling lambat {batas} "
        "{zona}; riwayatnya tidak hilang."
    ),
    "objection_accepted": (
        "Keberatan Anda atas tiket {tiket} kami terima. Tiket ditelaah kembali.\n"
        "Dijawab petugas paling lambat: {jawab} {zona}\n"
        "Diselesaikan paling lambat: {selesai} {zona}"
    ),
    "objection_refused": (
        "Keberatan Anda atas tiket {tiket} sudah dibaca petugas lain. Keputusan semula tetap.\n"
        "Alasan: {alasan}\n\n"
        "Bila ada masalah lain, kirim HELPDESK diikuti isi keluhan."
    ),
    "back_to_work": (
        "Tiket {tiket} kami kerjakan lagi.\n"
        "Alasan: {alasan}\n"
        "Batas selesai: {selesai} {zona}\n\n"
        "Kami kabari begitu pekerjaan selesai. Mohon maaf atas keterlambatan ini."
    ),
    "escalated_early": (
        "Tiket {tiket} kami laporkan kepada {jabatan} pada {waktu} {zona} karena {alasan}.\n"
        "Percakapan ini tetap terbuka dan nomor tiket Anda tetap sama.\n"
        "Kabar berikutnya paling lambat: {kabar} {zona}."
    ),
    "resolved_unlinked": (
        "Tiket {tiket} kami nyatakan selesai pada {waktu} {zona}.\n"
        "Yang sudah dilakukan: {solusi}\n\n"
        "Bila masih bermasalah, balas BUKA {tiket} paling lambat {tutup}; riwayatnya tidak "
        "hilang.\n"
        "Bila berkenan, nilai layanan kami dengan membalas NILAI."
    ),
}

_REPLIES_SMS = {
    "status_pending_sms": (
        "Tiket {tiket} menunggu {untuk} sejak {sejak} s/d {lanjut} {zona}, karena {alasan}. "
        "Balas bila ada tambahan."
    ),
    "status_ended_sms": (
        "Tiket {tiket}: {status} sejak {waktu} {zona}, karena {alasan}. Berikutnya: {langkah}."
    ),
    "escalation_asked_sms": (
        "Permintaan eskalasi tiket {tiket} kami teruskan ke {jabatan}. Percakapan tetap terbuka. "
        "Kabar berikut paling lambat {kabar} {zona}."
    ),
    "objection_sms": (
        "Keberatan atas tiket {tiket} kami catat, dibaca petugas lain. Dijawab paling lambat "
        "{jawab}, selesai paling lambat {selesai} {zona}."
    ),
    "objection_closed_sms": (
        "Keberatan atas tiket {tiket} tidak dapat diajukan, karena {alasan}. Masalah lain? Kirim "
        "HELPDESK isi keluhan."
    ),
    "info_sms": (
        "Ketik HELPDESK isi keluhan, STATUS, BUKA, BATAL atau ESKALASI nomor tiket. Jam layanan "
        "hari ini {jam_hari_ini} {zona}. Gawat darurat: 112"
    ),
    "survey_next_sms": (
        "{nomor_soal} dari 5. {soal} Jawab 1 sampai 5 (5 sangat baik), atau LEWATI."
    ),
    "survey_done_sms": (
        "Nilai untuk tiket {tiket} sudah kami terima, satu penilaian untuk satu tiket. Terima "
        "kasih."
    ),
    "feedback_thanks_sms": (
        "Terima kasih, saran Anda untuk tiket {tiket} sudah tersimpan. Masalah belum beres? "
        "Balas BUKA {tiket} s/d {batas} {zona}."
    ),
}

_REPLIES = {
    "status_pending": (
        "Tiket {tiket}: {status} sejak {sejak} {zona}.\n"
        "Menunggu: {untuk}\n"
        "Alasan: {alasan}\n"
        "Perkiraan dilanjutkan: {lanjut} {zona}\n"
        "Langkah berikutnya: {langkah}\n"
        "Jawaban petugas: {jawaban_terakhir}\n"
        "Batas selesai: {batas_selesai}\n"
        "Penanggung jawab: {unit}\n\n"
        "Silakan balas pesan ini bila ada keterangan tambahan."
    ),
    "status_ended": (
        "Tiket {tiket}: {status} (sejak {waktu} {zona}).\n"
        "Alasan: {alasan}\n"
        "Langkah berikutnya: {langkah}\n"
        "Jawaban petugas: {jawaban_terakhir}\n"
        "Penanggung jawab: {unit}"
    ),
    "escalation_asked": (
        "Permintaan Anda agar tiket {tiket} dieskalasi sudah kami teruskan kepada {jabatan}.\n"
        "Percakapan ini tetap terbuka dan nomor tiket Anda tetap sama.\n"
        "Kabar berikutnya paling lambat: {kabar} {zona}."
    ),
    "objection": (
        "Keberatan Anda atas tiket {tiket} sudah kami catat dan dibaca petugas lain.\n"
        "Dijawab petugas paling lambat: {jawab} {zona}\n"
        "Diselesaikan paling lambat: {selesai} {zona}"
    ),
    "objection_closed": (
        "Keberatan atas tiket {tiket} tidak dapat diajukan.\n"
        "Alasan: {alasan}\n\n"
        "Bila ada masalah lain atau keterangan baru, kirim HELPDESK diikuti isi keluhan."
    ),
    "info": (
        "Yang dapat Anda ketik:\n"
        "HELPDESK isi keluhan: membuat tiket baru\n"
        "STATUS nomor tiket: melihat perkembangan\n"
        "SELESAI, BUKA, BATAL, ESKALASI atau KEBERATAN diikuti nomor tiket\n"
        "NILAI: menilai layanan\n"
        "STOP atau MULAI: menghentikan atau menyalakan pemberitahuan\n\n"
        "Jam layanan: {jam_layanan} {zona}. Pesan diterima kapan saja.\n"
        "Bila ada bahaya bagi jiwa, hubungi 112 atau 119 sekarang juga."
    ),
    "survey_next": "{nomor_soal} dari 5. {soal}\n\nJawab 1 sampai 5, atau LEWATI.",
    "survey_invalid": (
        "Mohon balas dengan angka 1 sampai 5 (1 sangat tidak baik, 5 sangat baik). Ketik LEWATI "
        "bila tidak ingin menjawab.\n\n"
        "{nomor_soal} dari 5. {soal}"
    ),
}

NOTICE_TEXTS = _NOTICES_SMS | _NOTICES | _REPLIES_SMS | _REPLIES
"""Key to text."""
