-- The organisation that an account is bound to: it sees nobody else's people. None: everybody's.
ALTER TABLE account ADD COLUMN organisation_id BIGINT REFERENCES organisation (id);
