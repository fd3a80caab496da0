-- Which versions of items a second person approved, with the files that each had then: what letters may be sent with.
CREATE TABLE item_approval (
    item_id      BIGINT NOT NULL REFERENCES item (id),
    version      BIGINT NOT NULL,
    files        TEXT NOT NULL,               -- a hash over its files, see pipeline::changes::mark; empty: it had none
    approved_at  BIGINT NOT NULL,             -- real time
    PRIMARY KEY (item_id, version, files)
);

-- Opened while a second person was asked for: what nobody approved does not go in its letters.
ALTER TABLE edition ADD COLUMN asks_approval BOOLEAN NOT NULL DEFAULT FALSE;
