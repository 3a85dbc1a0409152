-- Numbers that were never handed out (one row), taken in hundreds, so that none comes twice when the disk refuses for a while;
-- and the last entry of the chain of events, so that it shows when entries are cut off.
CREATE TABLE numbers (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL,
    next_alert INTEGER NOT NULL,
    next_seq INTEGER NOT NULL,
    entry INTEGER NOT NULL,        -- 0: there is none yet
    hash BLOB NOT NULL
) STRICT;
INSERT INTO numbers VALUES (1, 0, 1, 1, 0, zeroblob(32));

CREATE TABLE alert (
    number INTEGER PRIMARY KEY,
    open INTEGER NOT NULL,         -- 1: somebody is still needed
    changed_ms INTEGER NOT NULL,   -- wall clock, UTC
    body BLOB NOT NULL             -- JSON of gateway.alert.Alert
) STRICT;
CREATE INDEX open_alert ON alert (number) WHERE open = 1;

-- Never changed, except that the body of what is erased or forgotten goes: the chain holds without it.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    alert INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,        -- when it happened; wall clock, UTC
    body BLOB,                     -- JSON of gateway.alert.AlertEvent
    entry INTEGER NOT NULL,        -- its place in the chain: 1, 2, 3 ... without a hole
    prev BLOB NOT NULL,            -- the hash of the entry before
    hash BLOB NOT NULL             -- SHA-256 of prev, entry (8 bytes, big endian) and body
) STRICT;

-- How far an event has come on each way to people.
CREATE TABLE delivery (
    event INTEGER NOT NULL,        -- its seq
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    late_s INTEGER,                -- NULL: it was never handed over
    UNIQUE (event, channel)
) STRICT;
CREATE INDEX undelivered ON delivery (event) WHERE state <> 'done';

-- Readings that an alert names, stored before their own commit: should that fail, they are put into readings.db from here.
CREATE TABLE referenced (
    seq INTEGER NOT NULL,
    origin TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    boot TEXT NOT NULL,
    body BLOB NOT NULL,            -- one READING of the contract
    UNIQUE (origin, seq)
) STRICT;

-- What must not be forgotten of a device: its last press, its replay counter.
CREATE TABLE memory (
    address TEXT NOT NULL UNIQUE,
    body BLOB NOT NULL
) STRICT;

-- Commands that were answered, and the answer, for when they come again.
CREATE TABLE command (
    id TEXT NOT NULL UNIQUE,
    at_ms INTEGER NOT NULL,        -- wall clock, UTC
    fingerprint BLOB NOT NULL,     -- SHA-256 of its verb, args and actor
    reply BLOB NOT NULL            -- JSON of gateway.commands.Reply
) STRICT;
