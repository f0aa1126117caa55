"""How servers without delivery reports say that a mail did not arrive (providers.md §13.7)."""

from __future__ import annotations

import re

DAEMON_NAME = re.compile(
    r"\s*\W*(?:mail(?:er)?[ ._-]?(?:deliver(?:y)?|daemon|administrator|transport|system|router)"
    r"|internet mail delivery|delivery (?:sub)?system|post[ _-]?master|system administrator"
    r"|(?:e-?mail|pmdf|lsmtp|jetmail|notes|microsoft)[ \w./-]{0,30}"
    r"(?:delivery|server|system|interconnect|for windows|outlook)|bounce(?:s|d mail)?\W*$)",
    re.IGNORECASE,
)
"""Display names of programs that return mail."""

DAEMON_LOCAL = re.compile(
    r"post[-_.]?master.*|(?:mail|smtp|imss|e500_smtp|symantec_antivirus)\w*(?:adm"
    r"|service|gateway)\w*"
    r"|(?:ndr|ndn|dsn|bounces?|imss|inetgw\d*|mailadm(?:in)?|mail-admin|interscan\w*"
    r"|administrator"
    r"|admin|system|mail|root|no-?reply|.*-admin|.*noreply.*)",
)
"""Local parts, in lower case, that such programs also write as; people do too."""

FAILED = re.compile(
    r"(?:could not|couldn't|cannot|can't|can not|was not|wasn't|not|unable to|never"
    r"|failed to|did"
    r" not|didn't|has not|had|having|failure to|impossible to|undeliverable|were not"
    r"|is not able to)"
    r"(?: be)?(?: (?:sent and|successfully|immediately|properly|permanently|able to))?"
    r" (?:be )?(?:deliver|reach|accept|process|receive a copy|permanent fatal"
    r"|trouble deliver|relay|"
    r"sent\b)"
    r"|delivery (?:to the following|of the|has|was|failed|aborted|attempt|problem|notification"
    r"|status|failure|encountered|fail)|(?:has|have) (?:been )?(?:failed|rejected|refused)"
    r"|(?:user|recipient|mailbox|account|address|addressee|userid|host|domain)(?: \S+){0,3} "
    r"(?:is |was |has been |does |are )?(?:unknown|not (?:found|exist|listed"
    r"|available|known|local)"
    r"|full|disabled|invalid|rejected|inactive|over quota|unavailable|suspended|exceeds)"
    r"|(?:unknown|no such|invalid|bad|unrout\w+|not a valid) (?:local )?"
    r"(?:user|recipient|address|mailbox|host|domain|final)"
    r"|(?:following|these|failed|rejected) (?:address|recipient)|failed recipients?"
    r"|returned mail\b"
    r"|permanent (?:fatal )?error|mail system error|automatically rejected|undeliverable"
    r"|message (?:was |has been )?(?:rejected|returned|blocked|refused|bounced|undelivered)"
    r"|mail (?:has been |is being |was )?return|rejected (?:by|for)|returned to (?:you|sender)"
    r"|over(?:drawn)?[ -]?quota|quota exceeded|too many hops|relaying denied|error: "
    r"|errors? occur"
    r"|konnte nicht zugestellt|nicht zugestellt|unzustellbar|non remis|pas pu être|n'a pas été"
    r"|no se pudo entregar|no ha podido|não foi entregue|non è stato possibile|recapitat"
    r"|не может быть|не доставлен|не найден|送信できません|見つかりません|配送|エラー|配信"
    r"|tidak dapat (?:di)?(?:kirim|sampaikan)|gagal (?:di)?kirim|tidak terkirim|退信|无法|失败",
    re.IGNORECASE,
)
"""What the text of such a mail says."""

DELAYED = re.compile(
    r"(?:not yet been|has been|was|is being|still being|message) (?:delayed|retried|deferred"
    r"|delivered, but)|not yet been delivered|delivery (?:has been )?(?:delayed|deferred)"
    r"|will (?:continue to )?(?:be )?(?:retr|attempt|tr(?:y|ied))"
    r"|still (?:being )?(?:try|retried)"
    r"|attempts will continue|just a warning|advisory-only|no action is required on your part"
    r"|warning message only|do not need to re",
    re.IGNORECASE,
)
"""It says that the mail is late only."""

CODE = re.compile(
    r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])|(?<![\d.,/-])5[0-7]\d[ -](?=[#\w<\"'])"
    r"|\brcpt to\b|\bsmtp error\b|(?:final|original)-recipient\s*:|diagnostic-code\s*:"
    r"|host unknown|user unknown|user not found|no such user|mailbox (?:is )?full",
    re.IGNORECASE,
)
"""Words of a mail server, a status code among them."""

END = re.compile(
    r"^\W*(?:(?:below|under) (?:this|the next) line|(?:this is a "
    r"|included is a )?copy of (?:the|your)"
    r" (?:original )?message|(?:start of |begin )?(?:original|returned|old"
    r"|unsent) (?:message|mail)\b"
    r"|message (?:text|headers?) follows?|here is your returned"
    r"|your (?:original )?message reads"
    r"|the header of the original|headers of the original|original message (?:details|follows)"
    r"|end of message|undelivered message)|^(?:received|return-path|mime-version"
    r"|message-id):[ \t]*\S",
    re.IGNORECASE | re.MULTILINE,
)
"""Where what was returned begins."""

SENDER_LINE = re.compile(
    r"^[ \t>*]*(?:from|mail from|original sender|sender|envelope[- ]from|reply-to|dari|pengirim)"
    r"[ \t]*[:=].*$|\\?\"source\\?\"\s*:\s*\\?\"[^\"\\\n]{1,320}",
    re.IGNORECASE | re.MULTILINE,
)
"""Lines that name who sent the returned mail, not whom it missed."""
