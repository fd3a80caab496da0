-- The desk: who may do what there, and the browsers in which they are signed in.

ALTER TABLE account ADD COLUMN language TEXT;              -- NULL: what the browser prefers
ALTER TABLE account ADD COLUMN ended_at BIGINT;            -- real time; address, name and rights went with it

-- Before there were five rights, who administered and sent did everything.
UPDATE account SET rights = '["write","approve","send","people","administer"]' WHERE rights = '["administer","send"]';

-- The groups that an account writes for. From here, never from a seat or an import.
CREATE TABLE account_group (
    account_id  BIGINT NOT NULL REFERENCES account (id),
    group_id    BIGINT NOT NULL REFERENCES term (id),
    PRIMARY KEY (account_id, group_id)
);

-- A link that is good once may open the desk for an account.
ALTER TABLE mail_link ADD COLUMN account_id BIGINT REFERENCES account (id);

-- Browsers that are signed in at the desk.
CREATE TABLE staff_session (
    id           INTEGER PRIMARY KEY,
    account_id   BIGINT NOT NULL REFERENCES account (id),
    secret_hash  TEXT NOT NULL UNIQUE,        -- SHA-256 of what the cookie holds, lower-case hex
    name         TEXT NOT NULL,               -- as the person knows it: Firefox, Windows
    opened_at    BIGINT NOT NULL,             -- real time
    used_at      BIGINT NOT NULL,             -- real time; when it last changed something
    expires_at   BIGINT NOT NULL              -- real time
);
CREATE INDEX staff_session_by_account ON staff_session (account_id);

-- What the first page of the desk counts.
CREATE INDEX delivery_uncertain ON delivery (id) WHERE state = 'uncertain';
