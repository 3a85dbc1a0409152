-- Readings on their way up. One batch is what one commit took in, encoded as it is sent.
CREATE TABLE batch (
    id INTEGER PRIMARY KEY,
    delivered INTEGER NOT NULL,    -- 0 or 1; both take no byte of their own, so marking a batch rewrites one page
    thinned INTEGER NOT NULL,      -- 0 whole, 1 thinned out, 2 only what is never evicted is left
    n INTEGER NOT NULL,            -- readings in the body
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,  -- of its first reading; wall clock, UTC
    boot TEXT NOT NULL,
    body BLOB NOT NULL             -- zlib: READING objects of the message contract, joined by commas
) STRICT;

-- The counters (one row): received = stored + rejected, stored = delivered + pending + evicted.
CREATE TABLE counters (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL,
    next_seq INTEGER NOT NULL,
    last_batch INTEGER NOT NULL,
    oldest_batch INTEGER NOT NULL, -- no batch below it is pending
    oldest_ms INTEGER,             -- when the oldest pending reading came; NULL: none is pending
    received INTEGER NOT NULL,
    stored INTEGER NOT NULL,
    rejected TEXT NOT NULL,        -- JSON: reason -> how many
    delivered INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    evicted INTEGER NOT NULL,
    refused INTEGER NOT NULL       -- the part of evicted that the platform refused; the rest has gap records
) STRICT;
INSERT INTO counters VALUES (1, 0, 1, 0, 1, NULL, 0, 0, '{}', 0, 0, 0, 0);

-- What was evicted, a row for each wearer, kind, day of measurement (days since 1970, UTC) and reason.
CREATE TABLE gap (
    wearer TEXT NOT NULL,
    kind TEXT NOT NULL,
    day INTEGER NOT NULL,
    reason TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    n INTEGER NOT NULL,
    UNIQUE (wearer, kind, day, reason)
) STRICT;
