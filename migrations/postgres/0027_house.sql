-- What the lead settles of who sends and how letters look; what is not there is the operator's (treff.toml).
ALTER TABLE forum ADD COLUMN house TEXT NOT NULL DEFAULT '{}'; -- {"reply_name":"Kari Nes","colour":"#0b5d5e"}
ALTER TABLE forum ADD COLUMN logo BYTEA;                          -- a PNG or JPEG of at most 24 KiB
