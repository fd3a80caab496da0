-- What a lead may still do before a mailing goes: hold an item back; and what a second person approved.

ALTER TABLE item ADD COLUMN held_at BIGINT;               -- real time; not released until it is let go; NULL once it has a number

CREATE TABLE approval (
    id           INTEGER PRIMARY KEY,
    cadence      TEXT NOT NULL,
    occurs_at    BIGINT NOT NULL,             -- 0: an urgent one, which has no occurrence before it is opened
    plan_hash    TEXT NOT NULL,               -- what was approved: see pipeline::Outlook::binding
    account_id   BIGINT NOT NULL REFERENCES account (id),
    approved_at  BIGINT NOT NULL              -- real time
);
CREATE INDEX approval_by_occurrence ON approval (cadence, occurs_at);
