-- Returned mail: that each counts once, whom it suggests, and what the lead is asked because of it.

ALTER TABLE report ADD COLUMN suggested_email TEXT;       -- whom an automatic answer names instead of who has left
ALTER TABLE report ADD COLUMN suggested_name TEXT;
ALTER TABLE recipient ADD COLUMN resumed_at BIGINT;       -- real time; bounces before it count no more

-- Returned mails that were taken in.
CREATE TABLE taken_mail (
    content   TEXT PRIMARY KEY,           -- SHA-256 of what it says, lower-case hex
    taken_at  BIGINT NOT NULL             -- real time
);

-- "Who has this place now?": asked of the lead, one open question for each person.
CREATE TABLE question (
    id            INTEGER PRIMARY KEY,
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    because       TEXT NOT NULL,          -- hard soft left
    asked_at      BIGINT NOT NULL,
    closed_at     BIGINT
);
CREATE UNIQUE INDEX question_open ON question (recipient_id) WHERE closed_at IS NULL;
