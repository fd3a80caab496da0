-- Signing up, leaving, and the rights of who is in here.

-- What somebody agreed to, in which wording, and until when.
CREATE TABLE consent (
    id            INTEGER PRIMARY KEY,
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    version       TEXT NOT NULL,              -- of the wording: 2026-11 nb
    text_hash     TEXT NOT NULL,              -- SHA-256 of the wording as it was shown, lower-case hex
    source        TEXT NOT NULL,              -- sign_up undo
    given_at      BIGINT NOT NULL,
    ended_at      BIGINT
);
CREATE INDEX consent_by_recipient ON consent (recipient_id);

ALTER TABLE recipient ADD COLUMN said_organisation TEXT;   -- where they work, in their own words: gives no rights
ALTER TABLE recipient ADD COLUMN urgent_off_at BIGINT;     -- real time; urgent items wait for their ordinary letters

-- Addresses that a person had before: an erasure looks for them too.
CREATE TABLE former_address (
    id            INTEGER PRIMARY KEY,
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    address       TEXT NOT NULL,
    until_at      BIGINT NOT NULL
);
CREATE INDEX former_address_by_recipient ON former_address (recipient_id);

-- "I no longer have this place": said by its holder; it ends nothing, the lead does.
CREATE TABLE left_place (
    id               INTEGER PRIMARY KEY,
    recipient_id     BIGINT NOT NULL REFERENCES recipient (id),
    seat_id          BIGINT NOT NULL REFERENCES seat (id),
    successor_name   TEXT NOT NULL,           -- who has it now, as they said; may be empty
    successor_email  TEXT NOT NULL,
    said_at          BIGINT NOT NULL,
    UNIQUE (recipient_id, seat_id)
);

-- An erasure whose files could not forget at once: a running serve tries again.
ALTER TABLE erased_address ADD COLUMN unfinished_since BIGINT;
