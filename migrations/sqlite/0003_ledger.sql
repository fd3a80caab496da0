-- Editions, digests, letters on their way, and what came back.

CREATE TABLE edition (
    id           INTEGER PRIMARY KEY,
    cadence      TEXT NOT NULL,
    occurs_at    BIGINT NOT NULL,
    now_at       BIGINT NOT NULL,             -- the instant that release, decision and ranking of this edition stand at
    last_number  BIGINT NOT NULL,
    cap          BIGINT NOT NULL,
    inputs       TEXT NOT NULL,               -- what ranking and letters read besides, fixed at opening
    opened_at    BIGINT NOT NULL,             -- real time
    planned_at   BIGINT,                      -- real time; once every recipient was planned
    UNIQUE (cadence, occurs_at)
);

-- The promise that (edition, recipient) is planned once; also when there is no letter.
CREATE TABLE digest (
    edition_id    BIGINT NOT NULL REFERENCES edition (id),
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    carried_over  TEXT NOT NULL,              -- item ids over the cap, in order: [3, 7]
    has_letter    BOOLEAN NOT NULL,
    PRIMARY KEY (edition_id, recipient_id)
);
CREATE INDEX digest_by_recipient ON digest (recipient_id);

CREATE TABLE delivery (
    id               INTEGER PRIMARY KEY,
    edition_id       BIGINT NOT NULL REFERENCES edition (id),
    recipient_id     BIGINT NOT NULL REFERENCES recipient (id),
    state            TEXT NOT NULL,           -- queued attempting accepted deferred rejected uncertain cancelled superseded
    attempts         BIGINT NOT NULL,
    planned_at       BIGINT NOT NULL,         -- real time: 72 h later it is superseded
    next_attempt_at  BIGINT NOT NULL,         -- real time
    claimed_by       TEXT,                    -- a worker's random name
    claimed_until    BIGINT,                  -- real time
    boot             TEXT,                    -- the boot on which it was armed
    revision         BIGINT NOT NULL,         -- of the letter: raised when it loses or changes an item
    message_id       TEXT NOT NULL,           -- without angle brackets
    dated_at         BIGINT NOT NULL,         -- the letter's Date
    letter           TEXT NOT NULL,           -- pieces and slots, see letter::Letter
    reply            TEXT,                    -- the relay's last reply or what went wrong
    settled_at       BIGINT,                  -- real time
    resent           BOOLEAN NOT NULL DEFAULT FALSE,   -- it was uncertain and is sent again: never revised, never returned unsent
    UNIQUE (edition_id, recipient_id)
);
CREATE INDEX delivery_due ON delivery (next_attempt_at) WHERE state IN ('queued', 'deferred');
CREATE INDEX delivery_attempting ON delivery (claimed_by) WHERE state = 'attempting';
CREATE INDEX delivery_by_recipient ON delivery (recipient_id);

-- What each letter holds. The promise is a key: what was not returned is there once.
CREATE TABLE delivery_item (
    delivery_id   BIGINT NOT NULL REFERENCES delivery (id),
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    item_id       BIGINT NOT NULL REFERENCES item (id),
    version       BIGINT NOT NULL,
    position      BIGINT NOT NULL,
    because       TEXT NOT NULL,
    reasons       TEXT NOT NULL,              -- [{"term":"sector:health","match":"equal"}]
    points        BIGINT NOT NULL,
    carried       BIGINT NOT NULL,            -- how many editions it had been carried
    correction    BOOLEAN NOT NULL,
    seat_id       BIGINT REFERENCES seat (id),   -- the seat that handed it over
    returned      BOOLEAN NOT NULL,
    PRIMARY KEY (delivery_id, item_id)
);
CREATE UNIQUE INDEX delivery_item_once ON delivery_item (recipient_id, item_id, version) WHERE NOT returned;
CREATE UNIQUE INDEX delivery_item_first ON delivery_item (recipient_id, item_id) WHERE NOT returned AND NOT correction;
CREATE INDEX delivery_item_by_item ON delivery_item (item_id);

-- What a recipient is owed: over the cap, or returned from a letter that did not go.
CREATE TABLE carry (
    recipient_id   BIGINT NOT NULL REFERENCES recipient (id),
    item_id        BIGINT NOT NULL REFERENCES item (id),
    times          BIGINT NOT NULL,
    ended_at       BIGINT,                    -- real time
    ended_because  TEXT,                      -- sent, or the line of the rule that withheld it at last
    PRIMARY KEY (recipient_id, item_id)
);

-- Encoded parts of letters by the hash of their content.
CREATE TABLE piece (
    hash   TEXT PRIMARY KEY,
    bytes  BLOB NOT NULL
);

CREATE TABLE tap (
    id            INTEGER PRIMARY KEY,
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    delivery_id   BIGINT REFERENCES delivery (id),
    item_id       BIGINT REFERENCES item (id),
    answer        TEXT NOT NULL,              -- hit miss not_for_me
    tapped_at     BIGINT NOT NULL
);
CREATE INDEX tap_by_recipient ON tap (recipient_id);

-- Returned mail that was understood, and what was not, kept for the lead.
CREATE TABLE report (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL,
    recipient_id  BIGINT REFERENCES recipient (id),
    delivery_id   BIGINT REFERENCES delivery (id),
    status        TEXT,
    reason        TEXT NOT NULL,
    received_at   BIGINT NOT NULL,
    raw           BLOB
);
CREATE INDEX report_by_recipient ON report (recipient_id);
