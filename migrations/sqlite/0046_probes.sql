-- Samples: whether an item that the rule withheld from somebody would have been for them. Kept as long as taps.
CREATE TABLE probe (
    id            INTEGER PRIMARY KEY,
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    item_id       BIGINT NOT NULL REFERENCES item (id),
    edition_id    BIGINT REFERENCES edition (id),   -- of the letter that it was asked beside
    answer        TEXT NOT NULL,              -- yes no skipped
    answered_at   BIGINT NOT NULL,            -- real time
    UNIQUE (recipient_id, item_id),
    UNIQUE (recipient_id, edition_id)
);
CREATE INDEX probe_by_time ON probe (answered_at);

-- Whether letters hit, month by month: sums that stay when the answers go. They name nobody, and hold no number under five.
CREATE TABLE hit_month (
    month    TEXT PRIMARY KEY,                -- 2027-03, in UTC
    letters  BIGINT NOT NULL,
    said     TEXT NOT NULL,                   -- told nearly_all hardly_any few
    yes      BIGINT,                          -- that it hit; NULL unless told
    no       BIGINT,                          -- that it missed
    kept_at  BIGINT NOT NULL                  -- real time
);
