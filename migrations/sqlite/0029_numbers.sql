-- differs: only SQLite gives the number of a deleted last row again.
-- Links and short mails get numbers that never come back: a link's number is all that its signed token says (DESIGN,
-- section 6), and the Maildir names a short mail by its number. SQLite gives the number of a deleted last row again
-- unless told otherwise; PostgreSQL never does.
CREATE TABLE mail_link_new (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    purpose       TEXT NOT NULL,
    recipient_id  BIGINT REFERENCES recipient (id),
    address       TEXT,                       -- of somebody who is no recipient yet, or of a recipient's new mailbox
    details       TEXT NOT NULL,              -- as JSON
    asked_at      BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    used_at       BIGINT,
    account_id    BIGINT REFERENCES account (id)
);
INSERT INTO mail_link_new (id, purpose, recipient_id, address, details, asked_at, expires_at, used_at, account_id)
    SELECT id, purpose, recipient_id, address, details, asked_at, expires_at, used_at, account_id FROM mail_link;
DROP TABLE mail_link;
ALTER TABLE mail_link_new RENAME TO mail_link;
CREATE INDEX mail_link_by_recipient ON mail_link (recipient_id);

CREATE TABLE notice_new (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
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
INSERT INTO notice_new (id, kind, recipient_id, address, language, details, queued_at, next_attempt_at, attempts,
                        expires_at, claimed_until, state, settled_at, reply)
    SELECT id, kind, recipient_id, address, language, details, queued_at, next_attempt_at, attempts,
           expires_at, claimed_until, state, settled_at, reply FROM notice;
DROP TABLE notice;
ALTER TABLE notice_new RENAME TO notice;
CREATE INDEX notice_due ON notice (next_attempt_at) WHERE state IN ('queued', 'attempting');
CREATE INDEX notice_by_recipient ON notice (recipient_id);

-- Numbers that were given before: nobody knows how many were deleted, but each left a line in the log.
INSERT INTO sqlite_sequence (name, seq) SELECT 'mail_link', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'mail_link');
INSERT INTO sqlite_sequence (name, seq) SELECT 'notice', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'notice');
UPDATE sqlite_sequence SET seq = seq + (SELECT COUNT(*) FROM change) WHERE name IN ('mail_link', 'notice');
