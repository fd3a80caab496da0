-- Who wrote something of what a draft says: they are no second person for what it becomes. As the audit log calls them;
-- the log itself is kept for too short a time.
CREATE TABLE draft_writer (
    draft_id  BIGINT NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    actor     TEXT NOT NULL,                  -- account:3
    PRIMARY KEY (draft_id, actor)
);
CREATE INDEX draft_by_item ON draft (item_id);
INSERT INTO draft_writer (draft_id, actor) SELECT id, 'account:' || account_id FROM draft WHERE account_id IS NOT NULL;
-- Whether a draft was changed when it was saved was not told: whoever saved one may have.
INSERT INTO draft_writer (draft_id, actor)
    SELECT DISTINCT d.id, c.actor FROM draft d JOIN change c ON c.subject = 'draft:' || d.id
    WHERE c.action IN ('draft.saved', 'draft.attached', 'draft.detached') AND c.actor LIKE 'account:%'
    ON CONFLICT DO NOTHING;
