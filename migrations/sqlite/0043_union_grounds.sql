-- On what ground it is stored that somebody sits for a union (GDPR art. 9(2)): dated, with who said so. Who sits for one
-- without an open row here sits there on no recorded ground.
CREATE TABLE union_ground (
    id               INTEGER PRIMARY KEY,
    recipient_id     BIGINT NOT NULL REFERENCES recipient (id),
    organisation_id  BIGINT NOT NULL REFERENCES organisation (id),  -- the union
    ground           TEXT NOT NULL,           -- consent published
    source           TEXT NOT NULL,           -- account:3 command import self
    text             TEXT,                    -- what they said yes to, as it was shown; none if others say it of them
    recorded_at      BIGINT NOT NULL,
    ended_at         BIGINT,
    ended_because    TEXT                     -- withdrawn replaced merged
);
CREATE UNIQUE INDEX union_ground_open ON union_ground (recipient_id, organisation_id) WHERE ended_at IS NULL;
CREATE INDEX union_ground_by_recipient ON union_ground (recipient_id);
