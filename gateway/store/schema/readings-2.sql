-- The platform is told of each gap, and what it refuses is one too (until now only counted, in `refused`).
CREATE TABLE gap_told (
    wearer TEXT NOT NULL,
    kind TEXT NOT NULL,
    day INTEGER NOT NULL,
    reason TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    n INTEGER NOT NULL,
    told INTEGER NOT NULL,         -- 0 not yet, 1 on its way (it is not changed any more), 2 the broker has it
    UNIQUE (wearer, kind, day, reason, told)
) STRICT;
INSERT INTO gap_told SELECT *, 0 FROM gap;
INSERT INTO gap_told SELECT '', '', coalesce(min(received_ms), 0) / 86400000, 'rejected',
    coalesce(min(received_ms), 0), coalesce(max(received_ms), 0), refused, 0 FROM counters LEFT JOIN batch HAVING refused > 0;
DROP TABLE gap;
ALTER TABLE gap_told RENAME TO gap;
ALTER TABLE counters DROP COLUMN refused;
