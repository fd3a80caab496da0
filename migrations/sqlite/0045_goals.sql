-- What a group wants to reach: at most five goals, each with the sign by which one sees that it is reached. A goal that is
-- taken away stands in the log.
CREATE TABLE goal (
    id          INTEGER PRIMARY KEY,
    group_id    BIGINT NOT NULL REFERENCES term (id),
    goal        TEXT NOT NULL,                -- one line
    sign        TEXT,                         -- one line
    reached_on  TEXT,                         -- a day; NULL: not yet
    written_by  TEXT NOT NULL,                -- account:3 command: who wrote what it says now
    written_at  BIGINT NOT NULL
);
CREATE INDEX goal_by_group ON goal (group_id);
