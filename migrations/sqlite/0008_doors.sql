-- Doors: short mails outside editions, links that are good once, devices that such a link opened.

-- Short mails that are no letter of an edition: committed together with what they tell.
CREATE TABLE notice (
    id               INTEGER PRIMARY KEY,
    kind             TEXT NOT NULL,
    recipient_id     BIGINT REFERENCES recipient (id),
    address          TEXT,                    -- until it was sent or given up
    language         TEXT NOT NULL,
    details          TEXT NOT NULL,           -- what only its kind says, as JSON; {} once it was sent or given up
    queued_at        BIGINT NOT NULL,
    next_attempt_at  BIGINT NOT NULL,         -- real time
    attempts         BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,         -- real time: it is not sent later
    claimed_until    BIGINT,                  -- real time: one that is attempting longer is uncertain
    state            TEXT NOT NULL,           -- queued attempting sent refused expired uncertain cancelled
    settled_at       BIGINT,
    reply            TEXT                     -- codes alone: a reply's words may hold the address
);
CREATE INDEX notice_due ON notice (next_attempt_at) WHERE state IN ('queued', 'attempting');
CREATE INDEX notice_by_recipient ON notice (recipient_id);

-- Somebody asked for a mail on a page that tells nobody whether it knows them: looked into behind its back.
CREATE TABLE knock (
    id        INTEGER PRIMARY KEY,
    purpose   TEXT NOT NULL,                  -- sign_in
    address   TEXT NOT NULL,
    language  TEXT NOT NULL,                  -- of the page
    details   TEXT NOT NULL,                  -- as JSON
    asked_at  BIGINT NOT NULL
);

-- Links that are good once. The token is signed and names the row; nothing in the row opens anything.
CREATE TABLE mail_link (
    id            INTEGER PRIMARY KEY,
    purpose       TEXT NOT NULL,              -- sign_in
    recipient_id  BIGINT REFERENCES recipient (id),
    address       TEXT,                       -- of somebody who is no recipient yet, or of a recipient's new mailbox
    details       TEXT NOT NULL,              -- as JSON
    asked_at      BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    used_at       BIGINT
);
CREATE INDEX mail_link_by_recipient ON mail_link (recipient_id);

-- Browsers that a link opened for a person.
CREATE TABLE device (
    id            INTEGER PRIMARY KEY,
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    secret_hash   TEXT NOT NULL UNIQUE,       -- SHA-256 of what the cookie holds, lower-case hex
    name          TEXT NOT NULL,              -- as the person knows it: Firefox, Android
    opened_at     BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX device_by_recipient ON device (recipient_id);
