-- "Do you still have this place?": when a holder was asked, and when they last said yes (real time).
ALTER TABLE seat_holder ADD COLUMN asked_at BIGINT;
ALTER TABLE seat_holder ADD COLUMN confirmed_at BIGINT;
