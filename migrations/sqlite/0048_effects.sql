-- What the forum shows of its effects: one page, which is composed in private and shown once it is published. What is
-- published stands in these rows as it was approved, so that nothing that came later shows on it.
CREATE TABLE effect_page (
    id             BIGINT PRIMARY KEY CHECK (id = 1),
    draft          TEXT NOT NULL,             -- what the form says, as JSON
    drafted_by     TEXT NOT NULL,             -- account:3 command
    drafted_at     BIGINT NOT NULL,
    first_on       TEXT,                      -- from here on what is published; NULL: nothing is
    last_on        TEXT,                      -- a day
    introduction   TEXT,
    language       TEXT,                      -- of the introduction
    figures        TEXT,                      -- as they were counted then, as JSON
    connections    TEXT,                      -- pairs of groups, as JSON
    published_by   TEXT,
    published_at   BIGINT,
    turns          BIGINT NOT NULL            -- how often it was published or taken back: an old tab is known by it
);
INSERT INTO effect_page (id, draft, drafted_by, drafted_at, turns) VALUES (1, '{}', 'command', 0, 0);

-- What the published page says of groups, in its order.
CREATE TABLE effect_line (
    id           INTEGER PRIMARY KEY,
    position     BIGINT NOT NULL,
    group_slug   TEXT NOT NULL,
    kind         TEXT NOT NULL,               -- goal gain
    words        TEXT NOT NULL,
    beside       TEXT,                        -- of a goal its sign, of a gain how it was done
    happened_on  TEXT,                        -- the day on which a goal was reached, or that of the meeting
    language     TEXT NOT NULL,
    item_id      BIGINT REFERENCES item (id), -- the minutes behind a gain: withdrawn, it does not stand
    version      BIGINT                       -- of theirs, as it was read
);
