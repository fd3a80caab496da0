-- What a person says of what they get, and whether the forum learns from it.

ALTER TABLE forum ADD COLUMN learning BOOLEAN NOT NULL DEFAULT TRUE;        -- FALSE: taps move nothing in anybody's letter
ALTER TABLE recipient ADD COLUMN learning BOOLEAN NOT NULL DEFAULT TRUE;    -- FALSE: this person's taps are not even kept

-- "Not for me, but for a colleague": told to the lead; no letter goes to the colleague. Kept as long as taps.
CREATE TABLE passed_on (
    id            INTEGER PRIMARY KEY,
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),   -- who says so
    item_id       BIGINT NOT NULL REFERENCES item (id),
    colleague     TEXT,                       -- whom they name, in their own words
    said_at       BIGINT NOT NULL,            -- real time
    UNIQUE (recipient_id, item_id)
);
CREATE INDEX passed_on_by_item ON passed_on (item_id);

-- What retention looks for, once a day.
CREATE INDEX tap_by_time ON tap (tapped_at);
CREATE INDEX change_by_time ON change (changed_at);
CREATE INDEX delivery_by_date ON delivery (dated_at);
