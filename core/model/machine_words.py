"""Words by which machines give themselves away in mail (requirements §4 rule 11).

Subjects of returned mail and of absence notices, as mail servers and mail programs of many
languages write them. Strict on purpose: each pattern begins where the subject begins and says what
may follow, so that a complaint about such a message is heard.
"""

from __future__ import annotations

import re

# What may follow a machine's phrase: nothing, a mark, or who and what it is about.
_THEN = (
    r"\s*(?:$|[:;,.!|)\]\-\u2013\u2014(\[<{\"\u201c\u00ab\uff1a]"
    r"|(?:re|from|to|for|by|dari|untuk|kepada|until|till|s/d|your|you|is|has|could)\b)"
)
_MARK = r"\s*(?:$|[:\-\u2013\u2014(\[<\uff1a])"

_RETURNED = (
    r"undeliver(?:ed mail|able message) returned to sender\s*$|undelivered mail\s*$"
    rf"|undeliver(?:able|ed)(?: (?:e-?)?(?:mail|message))?{_MARK}"
    r"|(?:mail |e-?mail )?delivery status notification\b"
    r"|(?:\[postmaster\] )?(?:e-?mail|mail|message) delivery (?:has )?(?:fail(?:ed"
    r"|ure)|problem|error"
    rf"|report|warning|delayed|(?:sub)?system)(?: notice| notification)?{_MARK}"
    rf"|(?:permanent )?delivery (?:failure|failed|error|problem|warning)(?: notif\w+"
    rf"| notice)?{_MARK}"
    r"|delivery (?:notification|report)(?:\s*$|\s*[:(])|delivery has failed to these"
    r"|returned mail\s*(?:$|[:\-])|mail system error\b|mail error\s*$|processing error\s*$"
    r"|(?:failure notice|failure delivery|failed delivery|mail failure)(?:\s*$|\s*[:\-(])"
    r"|notice: mail delivery status|delivery (?:delayed|unsuccessful)\s*:"
    r"|delivery incomplete\s*$"
    r"|message (?:undeliverable|rejected)\s*(?:$|:)|message status - undeliver"
    r"|return to sender\s*:"
    r"|(?:could not|unable to) deliver (?:your )?(?:e-?mail|mail|message)\b"
    r"|non-?deliverable mail"
    r"|bounced mail\b|bounce\s*: |user unknown\s*$|considered unsolicited bulk e"
    r"|virus \(.{1,80}\) in mail (?:from|to) you|banned contents (?:from|in)|niedor[ęe]czon"
    r"|there was an error sending your mail|\[bounce\]\s*$|メッセージを配信できません"
    r"|failed mail\b|mail failed, return|mail (?:could )?not (?:be )?delivered\s*$"
    r"|automatically rejected mail|non-delivery\b|ndn\s*:"
    r"|(?:sorry, )?(?:your |the )?(?:e-?mail |mail |message )(?:to \S+ )?"
    r"(?:could not|was not|not|wasn't|couldn't)(?: be)? delivered(?: to [^\n]*)?[.!]?\s*$"
    r"|message (?:delayed\b|frozen\b|you sent blocked|delivery has failed)"
    r"|warning\s*: (?:message|could not send|unable to deliver|e-?mail|\S+@\S+ - )"
    r"|delayed mail\b|postmaster (?:notify|warning)\b|loop alert\s*:"
    r"|non remis\b|.{1,200}\s?: non remis\b|unzustellbar\b|nicht zustellbar\b"
    r"|zustellung (?:der nachricht )?(?:fehlgeschlagen|nicht m)|onbestelbaar\b"
    r"|(?:kunne )?ikke lever(?:es|t|et)\b|(?:det )?g[åa]r inte att leverera|olevererbar"
    r"|nie mo[żz]na dostarczy[ćc]|niedostarczon|nedoru[čc]iteln|k[ée]zbes[íi]thetetlen"
    r"|no se (?:puede|pudo|ha podido) entregar|no entregado|non recapitabile"
    r"|mancat[oa] recapito"
    r"|n[ãa]o (?:foi|[ée]) poss[íi]vel entregar|n[ãa]o entreg|teslim edilemedi"
    r"|не удается доставить|не удалось доставить|недоставленн|ваше сообщение не доставлено"
    r"|(?:pesan|surel|e-?mail) (?:tidak terkirim|gagal terkirim"
    r"|tidak dapat (?:di)?kirim)\s*[:(]"
    r"|tidak terkirim\s*:|pengiriman (?:pesan )?gagal\s*:|tidak dapat terkirim\s*:"
    r"|配信不能|配信できません|未配信|送信できません|送達できません|系统退信|退信|邮件发送失败|未送达"
    r"|无法(?:传递|投递|送达)|郵件退回|배달(?:되지 않음| 실패)|반송"
)
RETURNED = re.compile(_RETURNED, re.IGNORECASE)
"""Subjects of mail that comes back, or that is late."""

_REPORT = (
    r"report domain\s*:\s*\S+ submitter|complaint about message from \[?\d"
    r"|e-?mail feedback report"
    r"|abuse report\b.{0,40}\b(?:for|from) ip|return receipt\s*(?:\(|$)"
    r"|disposition notification\b"
    r"|read receipt\s*[:(]|cron <\S+@\S+>|\*{3} security information for|logwatch for \S+"
    r"|aws notification message\s*$|test notification from zammad"
)
REPORT = re.compile(_REPORT, re.IGNORECASE)
"""Subjects of other reports that only machines write: DMARC, complaints, receipts, cron."""

_LEAVE = (
    r"(?:$|[.!]\s*$|[:\-\u2013(\[]\s*(?:re:|\[|$|\d|s/d)"
    r"|(?:s/d|sd|sampai|hingga|tanggal|tgl|mulai|until)\b)"
)
_ABSENCE = (
    r"(?:\[[^\[\]]{1,40}\]\s*)*[\[(*]?(?:auto(?:mat(?:ic|ed))?[ \-_]?(?:reply"
    r"|response|respon[ds]e?r?|answer|message|notification"
    r"|acknowledge?ment|generated)"
    rf"(?: message)?{_THEN}|auto\s*:\s"
    rf"|(?:balasan|jawaban|respon[s]?|pesan|tanggapan) (?:secara )?otomatis{_THEN}"
    rf"|balas(?:an)? auto(?:matik)?{_THEN}"
    r"|out[ -]of[ -](?:the[ -])?office(?: (?:auto\w*|reply|message|notice"
    r"|notification|response))*\s*"
    r"(?:$|[:\-\u2013(\[,.]|until|from|re:|on|reply)"
    r"|ooo\s*[:\-\u2013(]|(?:i am |i'm )?(?:currently )?(?:on|away on) (?:vacation"
    r"|annual leave|leave"
    rf"|holiday|maternity leave|parental leave){_MARK}|vacation\s*$|away\s*(?:[:\-(]"
    rf"|until\b|till\b)|vacation (?:reply|message"
    rf"|response|notice)\b"
    rf"|(?:i am |i'm )(?:currently )?(?:away|out of (?:the )?office){_THEN}"
    rf"|away from (?:my |the )?(?:desk|office|mail|e-?mail){_MARK}|absence (?:notice"
    rf"|notification)\b"
    r"|(?:saya )?sedang (?:dinas luar|cuti|perjalanan dinas|tidak di (?:kantor|tempat))"
    rf"(?: kota| negeri| daerah)?\s*{_LEAVE}"
    r"|(?:automatisch(?:e|es)?|automatisierte) (?:antwort|r[üu]ckantwort|antwoord|empfangsbest)"
    rf"|abwesenheits?(?:notiz|benachrichtigung|assistent|meldung|info)|abwesen(?:d|heit){_MARK}"
    rf"|(?:ich bin )?(?:nicht im b[üu]ro|au(?:ß|ss)er haus){_MARK}"
    r"|r[ée]ponse automatique|message automatique d|absence du bureau"
    rf"|absente? (?:du bureau|jusqu){_THEN}|(?:actuellement )?en cong[ée]s?{_MARK}"
    rf"|respuesta autom[áa]tica|fuera de (?:la )?oficina{_MARK}|resposta autom[áa]tica"
    rf"|fora do escrit[óo]rio{_MARK}|risposta automatica|fuori (?:sede|ufficio){_MARK}"
    rf"|afwezig(?:heid\w*)?{_MARK}|niet op kantoor|automatiske?t? svar"
    rf"|auto(?:matisk )?svar{_MARK}"
    rf"|fr[åa]nvaro\w*{_MARK}|frav[æa]r\w*{_MARK}|ute av kontoret"
    rf"|automaattinen (?:poissaolo)?vastaus"
    r"|automatyczna odpowied|odpowied[źz] automatyczna|autoodpowied|automatick[áa] odpov"
    r"|automatikus v[áa]lasz|r[ăa]spuns automat|otomatik (?:yan.t|cevap)|αυτόματη απάντηση"
    r"|автоматический ответ|автоответ|автоматична відповідь|trả lời tự động|ตอบกลับอัตโนมัติ"
    r"|رد تلقائي|תשובה אוטומטית|自動(?:応答|返信|回覆|回复)|自动(?:回复|答复)"
    r"|不在(?:通知|のお知らせ|連絡)"
    r"|자동 ?(?:회신|응답)|부재중)"
)
ABSENCE = re.compile(_ABSENCE, re.IGNORECASE)
"""Subjects of absence notices and other automatic answers."""

_ACKNOWLEDGED = (
    r"(?:\[[^\[\]]{1,40}\]\s*)*(?:thank(?:s| you) for (?:contacting|reaching out"
    r"|your (?:e-?mail"
    r"|message|inquiry|enquiry|request|interest))\b|we(?:'ve| have) received your\b"
    r"|your (?:request|ticket|message|e-?mail|inquiry|enquiry"
    r"|case)\b.{0,40} (?:has been|was) (?:received"
    r"|created|opened|logged)|(?:new )?(?:support )?(?:ticket|request"
    r"|case) (?:received|created|opened)\b"
    r"|(?:laporan|permohonan|pengaduan|tiket|pesan|surel|e-?mail"
    r"|permintaan) anda (?:telah|sudah)"
    r" (?:kami )?(?:diterima|terima|tercatat|dicatat)|kami (?:telah"
    r"|sudah) menerima (?:laporan|pesan"
    r"|permohonan|permintaan|surel|e-?mail|pengaduan) anda|terima kasih (?:telah|sudah|atas)"
    r" (?:menghubungi|pesan anda|surel anda|e-?mail anda))"
)
ACKNOWLEDGED = re.compile(_ACKNOWLEDGED, re.IGNORECASE)
"""Subjects of other offices' acknowledgements; to be matched without a reply prefix before it."""

ANNOUNCED = re.compile(
    r"(?:(?:note|catatan|nb|ps|\*+|-+|this message is|dear [^\n]{0,60}"
    r"|yth[^\n]{0,60})[:.,]?\s*)?"
    r"(?:this is an? (?:auto(?:mated|matic(?:ally generated)?)|auto-generated"
    r"|computer[ -]generated"
    r"|system[ -]generated)\b|this (?:e-?mail|message|reply|mail) (?:is|was|has been) "
    r"(?:(?:sent|generated|created) automatic|"
    r"automatically (?:sent|generated|created)|an? automat)"
    r"|your (?:e-?mail|message|mail) was received at\b"
    r"|this (?:e-?mail )?(?:account|address|mailbox) is protected by\b"
    r"|to (?:have|get) your (?:e-?mail|message|mail) delivered,? (?:please )?click\b"
    r"|(?:please )?do not (?:reply|respond) to this (?:e-?mail|message|mail)"
    r"|(?:e-?mail|pesan|surel|surat) ini (?:adalah |merupakan )?(?:dibuat"
    r"|dikirim(?:kan)?|balasan"
    r"|jawaban|pesan)? ?(?:secara |oleh sistem secara )?otomatis"
    r"|ini adalah (?:e-?mail|pesan|surel|balasan|jawaban) (?:yang (?:dibuat"
    r"|dikirim) )?(?:secara )?"
    r"otomatis|(?:mohon |harap |tolong )?(?:tidak|jangan) (?:mem)?balas (?:e-?mail"
    r"|pesan|surel) ini)",
    re.IGNORECASE,
)
"""A line by which a text calls itself automatic; to be matched where a line begins."""

AWAY = re.compile(
    r"(?:(?:yth|dear|hello|hi|halo|terima kasih|thank|salam|selamat)[^\n]{0,120}\s++){0,2}"
    r"(?:saat ini |currently,? )?"
    r"(?:(?:mohon maaf,? )?saya (?:saat ini )?(?:sedang|tengah|akan) (?:cuti|dinas"
    r"|dalam perjalanan"
    r"|tidak (?:berada )?di|berada di luar)"
    r"|i(?: am|'m|\u2019m| will be) (?:currently )?(?:out of (?:the |my )?office|away"
    r"|on (?:annual "
    r"|maternity |parental |sick )?(?:leave|vacation|holiday)|travell?ing)"
    r"|(?:ich bin|je suis) (?:derzeit |zurzeit |zur zeit |momentan |actuellement )?"
    r"(?:nicht|abwesend|im urlaub|absente?|en cong))",
    re.IGNORECASE,
)
"""How the text of an absence notice begins."""

DEPUTY = re.compile(
    r"\b(?:(?:silakan |dapat |bisa |harap |mohon )?(?:meng)?hubungi|akan (?:saya "
    r"|segera )?(?:balas|respon|membalas)|akses (?:internet|surel|e-?mail) terbatas"
    r"|please contact|will (?:reply|respond|get back)|when i return|upon my return"
    r"|limited access|in urgent|for urgent|if (?:it is |this is )?urgent"
    r"|no access to (?:my )?e-?mail"
    r"|in dringenden|wenden sie sich|en cas d'urgence|veuillez contacter)",
    re.IGNORECASE,
)
"""What an absence notice says besides: whom to turn to, or when an answer comes."""

UNANSWERED = re.compile(
    r"(?:.*[-_.+=])?(?:no|not|non|do-?not|donot|tidak|jangan|ne|keine?)[-_.]?"
    r"(?:reply|replies|respond|response|dibalas|balas|antwort|pas-?repondre)\b.*"
    r"|bounces?\b.*|owner-.+|.+-(?:request|bounces?|owner|noreply)"
    r"|(?:auto|out-?of-?office)[-_.]?(?:reply|response|responder|responds?|answer"
    r"|mailer|notif\w*)\b.*"
    r"|mailer[-_.]?daemon.*|mail[-_.]?daemon|mdaemon|post[-_.]?master|listserv"
    r"|majordomo|mailman"
    r"|mail\.delivery\.system|mail-?delivery\b.*|nobody|e-?mail-?daemon|.*-mailer-daemon"
    r"|(?:prvs|srs[01])=.+|.+\+caf_?=.+|mailerdaemon"
)
"""Local parts, in lower case, behind which nobody reads an answer."""

DAEMONS = re.compile(
    r"mailer[-_.]?daemon.*|.*-mailer-daemon|mail[-_.]?daemon|mdaemon|mailerdaemon"
    r"|mail\.delivery\.system|e-?mail-?daemon"
)
"""Local parts, in lower case, of programs that return mail."""
