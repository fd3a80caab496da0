-- Mailboxes that returned mail is read from: how far, and by whom. What was taken in is known by its content.

CREATE TABLE mailbox (
    place          TEXT PRIMARY KEY,          -- server and folder
    uid_validity   BIGINT NOT NULL,           -- of the numbers below (RFC 9051, 2.3.1.1); 0 before the first visit
    last_uid       BIGINT NOT NULL,           -- all up to it were looked at
    watched_by     TEXT NOT NULL,             -- the process that looks into it, so that one does at a time
    watched_until  BIGINT NOT NULL            -- real time
);
