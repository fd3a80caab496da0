-- What people consented to, word for word, for as long as anybody may ask. It tells of nobody.

CREATE TABLE wording (
    hash            TEXT PRIMARY KEY,         -- SHA-256 of the text, lower-case hex: consent.text_hash
    text            TEXT NOT NULL,            -- as it stood on the page
    first_given_at  BIGINT NOT NULL
);

-- How many consented to which wording.
CREATE INDEX consent_by_wording ON consent (version, text_hash, ended_at, given_at);

-- Who is kept on another basis than the forum relies on now: as a rule nobody.
CREATE INDEX legal_basis_in_force ON legal_basis (basis, recipient_id) WHERE ended_at IS NULL;
