-- Who sends. On PostgreSQL each process that sends has a row for as long as it lives.

CREATE TABLE worker (
    name           TEXT PRIMARY KEY,          -- random; claims and armed letters carry it
    place          TEXT NOT NULL,             -- machine and process, for people
    started_at     BIGINT NOT NULL,           -- real time
    beat           BIGINT NOT NULL,           -- raised while it lives; others watch it with a clock of their own
    lease_seconds  BIGINT NOT NULL            -- so long without a beat, and it counts as gone
);

-- The attempt that another worker called uncertain on behalf of this letter's own, which was gone or hung: as long as it
-- is the latest attempt, the word of the worker that armed it (claimed_by) or of its journal still counts.
ALTER TABLE delivery ADD COLUMN presumed BIGINT;
CREATE INDEX delivery_presumed ON delivery (claimed_by) WHERE presumed IS NOT NULL;
