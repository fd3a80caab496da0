-- What minutes promise: each a line, perhaps of a place in the group and by a day. The place owns it, whoever has that: a
-- successor takes the promise over, and of a vacant place, or of none, it is the group's. Withdrawn minutes have none.
CREATE TABLE promise (
    id           INTEGER PRIMARY KEY,
    item_id      BIGINT NOT NULL REFERENCES item (id),       -- the minutes
    group_id     BIGINT NOT NULL REFERENCES term (id),       -- the group that met
    position     BIGINT NOT NULL,                            -- among those of the minutes, from 1
    what         TEXT NOT NULL,                              -- one line
    seat_id      BIGINT REFERENCES seat (id),
    said_on      TEXT,                                       -- the day that the minutes name
    by_on        TEXT,                                       -- the day that stands now
    state        TEXT NOT NULL,                              -- open done dropped
    told         TEXT,                                       -- what its owner said of it, one line
    told_by      BIGINT REFERENCES recipient (id),           -- who that was
    changed_at   BIGINT NOT NULL,                            -- when somebody last said something of it
    settled_at   BIGINT,
    settled_by   TEXT,                                       -- account:3 command page
    settled_in   BIGINT REFERENCES item (id),                -- the minutes that settled it
    reminded_of  TEXT                                        -- the day of which its owner was reminded
);
CREATE INDEX promise_by_item ON promise (item_id);
CREATE INDEX promise_by_group ON promise (group_id);
CREATE INDEX promise_by_seat ON promise (seat_id);
CREATE INDEX promise_by_who_told ON promise (told_by);
CREATE INDEX promise_by_settling ON promise (settled_in);
CREATE INDEX promise_open_by_day ON promise (by_on) WHERE state = 'open';
