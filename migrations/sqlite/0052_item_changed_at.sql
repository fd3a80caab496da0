-- When what readers see of an item last changed beside its release, its versions and its withdrawal: held back, let go, moved, given
-- a file. NULL: never. What happened before there was this column stands in the log.
ALTER TABLE item ADD COLUMN changed_at BIGINT;
UPDATE item SET changed_at = logged.last_at
FROM (SELECT subject, MAX(changed_at) AS last_at FROM change
      WHERE action IN ('item.held', 'item.let_go', 'item.moved', 'item.attached')
      GROUP BY subject) AS logged
WHERE logged.subject = 'item:' || item.slug;

-- For what is asked at each fetch of a feed: when an item was last corrected, changed or taken back.
CREATE INDEX item_version_corrected ON item_version (created_at) WHERE version > 1;
CREATE INDEX item_changed ON item (changed_at) WHERE changed_at IS NOT NULL;
CREATE INDEX item_withdrawn ON item (withdrawn_at) WHERE withdrawn_at IS NOT NULL;
