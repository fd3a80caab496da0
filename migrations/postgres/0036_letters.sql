-- What a letter is made of, beside what becomes of it: a delivery's row is written anew at every state, and takes its
-- neighbours on the page along. A letter that was kept long enough has no row here.
CREATE TABLE letter (
    delivery_id  BIGINT PRIMARY KEY REFERENCES delivery (id) ON DELETE CASCADE,  -- differs: the delivery's number, not one of its own
    content      TEXT NOT NULL                -- pieces and slots, see letter::Letter
);
INSERT INTO letter (delivery_id, content) SELECT id, letter FROM delivery WHERE letter <> '{}';
ALTER TABLE delivery DROP COLUMN letter;
