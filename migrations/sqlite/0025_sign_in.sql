-- Signing in at the desk by the word of another house (OpenID Connect).

-- Whom another house vouches for, and whose account that is. An account may have one for each house.
DROP INDEX account_by_oidc_subject;
ALTER TABLE account DROP COLUMN oidc_subject;
CREATE TABLE account_identity (
    id          INTEGER PRIMARY KEY,
    account_id  BIGINT NOT NULL REFERENCES account (id),
    issuer      TEXT NOT NULL,               -- the house, to the letter
    subject     TEXT NOT NULL,               -- what the house calls the person; never changes
    tied_at     BIGINT NOT NULL,             -- real time
    UNIQUE (issuer, subject),
    UNIQUE (account_id, issuer)
);

-- Browsers that were sent to such a house and have not come back yet. Used once, then gone.
CREATE TABLE sign_in_errand (
    id          INTEGER PRIMARY KEY,
    state_hash  TEXT NOT NULL UNIQUE,        -- SHA-256 of what the house gives back, lower-case hex
    issuer      TEXT NOT NULL,
    account_id  BIGINT REFERENCES account (id), -- whose account is to be tied; NULL: somebody wants to come in
    next        TEXT NOT NULL,               -- the page to come to, a path of our own
    expires_at  BIGINT NOT NULL              -- real time
);

-- The house by whose word a browser came in; NULL: by a link or a password.
ALTER TABLE staff_session ADD COLUMN issuer TEXT;
