-- Pace: editions and domains that wait, and what the lead must hear of.

ALTER TABLE edition ADD COLUMN paused_at BIGINT;          -- real time; none while it goes on
ALTER TABLE edition ADD COLUMN paused_because TEXT;       -- policy hand
ALTER TABLE edition ADD COLUMN is_judged BOOLEAN NOT NULL DEFAULT FALSE;   -- its first 200 letters were judged, once for all
CREATE INDEX edition_paused ON edition (id) WHERE paused_at IS NOT NULL;

-- Recipients' domains that ask us to slow down.
CREATE TABLE domain_pace (
    domain        TEXT PRIMARY KEY,
    in_a_row      BIGINT NOT NULL,            -- 421 and 4.7.z since the last other reply, or since the last pause
    paused_until  BIGINT                      -- real time
);

-- What the lead must hear of, until it is over.
CREATE TABLE alert (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL,                 -- edition_paused
    subject    TEXT NOT NULL,                 -- edition:12
    text       TEXT NOT NULL,                 -- one sentence or two, in English, without addresses
    details    TEXT NOT NULL,                 -- the same for programs and other languages, as JSON
    raised_at  BIGINT NOT NULL,
    mailed_at  BIGINT,                        -- when mailing it to the lead was begun
    seen_at    BIGINT,
    ended_at   BIGINT
);
CREATE UNIQUE INDEX alert_open ON alert (kind, subject) WHERE ended_at IS NULL;
