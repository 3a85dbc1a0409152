-- Numbers that were never handed out (one row). Taken in hundreds, so that none comes twice when the disk refuses for a while.
CREATE TABLE numbers (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL,
    next_alert INTEGER NOT NULL,
    next_seq INTEGER NOT NULL
) STRICT;
INSERT INTO numbers VALUES (1, 0, 1, 1);

CREATE TABLE alert (
    number INTEGER PRIMARY KEY,
    open INTEGER NOT NULL,         -- 1: somebody is still needed
    changed_ms INTEGER NOT NULL,   -- wall clock, UTC
    body BLOB NOT NULL             -- JSON of gateway.alert.Alert
) STRICT;
CREATE INDEX open_alert ON alert (number) WHERE open = 1;

CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    alert INTEGER NOT NULL,
    event TEXT NOT NULL,
    priority TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    done INTEGER NOT NULL,
    fresh INTEGER NOT NULL,
    body BLOB NOT NULL             -- the message of the contract, as it is sent
) STRICT;
CREATE INDEX undelivered_event ON event (alert) WHERE done = 0;

-- Readings that an alert names, numbered before their own commit: should that fail, they are put into readings.db from here.
CREATE TABLE claimed (
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
    reply BLOB NOT NULL
) STRICT;
