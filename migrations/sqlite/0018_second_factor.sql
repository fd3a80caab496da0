-- What an account proves itself with besides its mailbox, and the time in which it is in force.

ALTER TABLE account ADD COLUMN password_hash TEXT;         -- argon2id, in the PHC string format
ALTER TABLE account ADD COLUMN totp_secret TEXT;           -- Base32; what an app's codes are made from
ALTER TABLE account ADD COLUMN totp_pending TEXT;          -- the same, until the app has proved that it knows it
ALTER TABLE account ADD COLUMN totp_step BIGINT;           -- the last step whose code was used: each is good once
ALTER TABLE account ADD COLUMN from_at BIGINT;             -- real time; a deputy's account is in force from here
ALTER TABLE account ADD COLUMN until_at BIGINT;            -- real time; to here
ALTER TABLE account ADD COLUMN oidc_subject TEXT;          -- whom another house vouches for: issuer and subject
CREATE UNIQUE INDEX account_by_oidc_subject ON account (oidc_subject);

-- When the second factor was given in this browser.
ALTER TABLE staff_session ADD COLUMN proved_at BIGINT;

-- Codes on paper, each good once: what is used goes.
CREATE TABLE recovery_code (
    id          INTEGER PRIMARY KEY,
    account_id  BIGINT NOT NULL REFERENCES account (id),
    hash        TEXT NOT NULL,                -- SHA-256 of its letters, lower-case hex
    UNIQUE (account_id, hash)
);
