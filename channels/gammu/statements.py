"""The SQL of Gammu's tables, schema 15 to 18 (https://docs.gammu.org/smsd/tables.html).

One text serves both engines: SQLite takes ``$1`` as a named parameter.
"""

from __future__ import annotations

WAITING = """
SELECT "ID", "SenderNumber", "Coding", "Text", "TextDecoded", "UDH", "Class", "RecipientID",
       CAST("ReceivingDateTime" AS TEXT)
FROM inbox
WHERE "Processed" = $1 AND ("RecipientID" = $2 OR $2 = '')
ORDER BY "ID" LIMIT $3
"""
MARK = 'UPDATE inbox SET "Processed" = $1 WHERE "ID" = $2'
IN_OUTBOX = 'SELECT "ID" FROM outbox WHERE "CreatorID" = $1'
OF_CREATOR = """
SELECT "ID", "SequencePosition", "Status", "StatusError", "UDH", "CreatorID"
FROM sentitems WHERE "CreatorID" = $1 ORDER BY "ID", "SequencePosition"
"""
# the times of the past mean "at once" whatever the zone of the daemon's clock
PUT_FIRST = """
INSERT INTO outbox ("CreatorID", "SenderID", "DestinationNumber", "DeliveryReport", "MultiPart",
  "Text", "TextDecoded", "Coding", "UDH", "Class", "SendingDateTime", "SendingTimeOut")
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, -1, '2000-01-01 00:00:00', '2000-01-01 00:00:00')
RETURNING "ID"
"""
PUT_FURTHER = """
INSERT INTO outbox_multipart ("ID", "SequencePosition", "Text", "TextDecoded", "Coding", "UDH",
  "Class")
VALUES ($1, $2, $3, $4, $5, $6, -1)
"""
SENT_SINCE = """
SELECT "ID", "SequencePosition", "Status", "StatusError", "UDH", "CreatorID"
FROM sentitems WHERE "ID" >= $1 AND "CreatorID" LIKE $2 ORDER BY "ID", "SequencePosition"
"""
HIGHEST = 'SELECT coalesce(max("ID"), 0) FROM sentitems'
VERSION = 'SELECT "Version" FROM gammu'
PHONES = {
    "sqlite": """
SELECT "ID", (julianday('now', 'localtime') - julianday("TimeOut")) * 86400.0, "Signal"
FROM phones WHERE "ID" = $1 OR $1 = ''
""",
    "postgresql": """
SELECT "ID", CAST(extract(epoch FROM LOCALTIMESTAMP - "TimeOut") AS float), "Signal"
FROM phones WHERE "ID" = $1 OR $1 = ''
""",
}
