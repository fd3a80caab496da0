-- Drafts on the desk: what was typed stays as it was typed, with its files, until it is queued or thrown away.

ALTER TABLE draft ADD COLUMN form TEXT;                    -- as it was filled in, JSON; NULL: not opened on the desk yet
ALTER TABLE draft ADD COLUMN saves BIGINT NOT NULL DEFAULT 0;      -- how often it was saved: two who write at once are told
ALTER TABLE draft ADD COLUMN slug TEXT;                    -- of the item that it becomes, settled before it is queued
ALTER TABLE draft ADD COLUMN corrects_id BIGINT REFERENCES item (id);  -- the item that it is a new version of
ALTER TABLE draft ADD COLUMN asked_at BIGINT;              -- real time; when a group's writer asked the lead to send it

-- Files of drafts; the bytes lie with those of items.
CREATE TABLE draft_attachment (
    draft_id    BIGINT NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    position    BIGINT NOT NULL,
    hash        TEXT NOT NULL REFERENCES attachment (hash),
    name        TEXT NOT NULL,
    media_type  TEXT NOT NULL,
    PRIMARY KEY (draft_id, position)
);

-- Whether anything that the rule reads of people has changed: the sum of revisions, read without the rows.
CREATE INDEX recipient_revision ON recipient (revision);
