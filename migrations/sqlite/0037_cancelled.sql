-- Events that were taken back, of which whoever has got them or comes is told. Who was told stands in `reminder`, as
-- called_off.
CREATE TABLE cancellation (
    item_id   BIGINT NOT NULL PRIMARY KEY REFERENCES item (id),
    reason    TEXT NOT NULL,                  -- why, as whoever took it back says; may be empty
    asked_at  BIGINT NOT NULL                 -- real time
);
