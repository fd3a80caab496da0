-- Two rows of one person made one: what the emptied row became, and which pairs somebody said are two people.
CREATE TABLE merged (
    recipient_id  BIGINT PRIMARY KEY REFERENCES recipient (id),   -- the emptied row; its letters stay with it
    into_id       BIGINT NOT NULL REFERENCES recipient (id),      -- the person that it is now
    merged_at     BIGINT NOT NULL                                 -- real time
);
CREATE INDEX merged_by_into ON merged (into_id);

CREATE TABLE not_same (
    one_id    BIGINT NOT NULL REFERENCES recipient (id),          -- the lower of the two
    other_id  BIGINT NOT NULL REFERENCES recipient (id),
    said_at   BIGINT NOT NULL,                                    -- real time
    PRIMARY KEY (one_id, other_id)
);
CREATE INDEX not_same_by_other ON not_same (other_id);
