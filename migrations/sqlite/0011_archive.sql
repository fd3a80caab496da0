-- What readers find, fetch and follow: words of items, attached files, personal feeds.

-- Every stem that some item holds.
CREATE TABLE word (
    id        INTEGER PRIMARY KEY,
    family    TEXT NOT NULL,                  -- no en: the stemmer
    stem      TEXT NOT NULL,                  -- differs: compared by bytes without being told
    reversed  TEXT NOT NULL,                  -- differs: the stem backwards, to find ends of compounds; as above
    UNIQUE (family, stem)
);
CREATE INDEX word_by_stem ON word (stem);
CREATE INDEX word_by_end ON word (reversed);

-- Which items hold it: of each item's newest version.
CREATE TABLE item_word (
    word_id  BIGINT NOT NULL REFERENCES word (id),
    item_id  BIGINT NOT NULL REFERENCES item (id),
    weight   BIGINT NOT NULL,                 -- 100 in the title, 10 in the ingress, 1 in the text
    PRIMARY KEY (word_id, item_id)
) WITHOUT ROWID;                              -- differs: a table of keys only
CREATE INDEX item_word_by_item ON item_word (item_id);

-- Which version was taken apart, and by which analysis: what is missing or old is done at the next start.
CREATE TABLE item_indexed (
    item_id   BIGINT PRIMARY KEY REFERENCES item (id),
    version   BIGINT NOT NULL,
    analysis  BIGINT NOT NULL
);

CREATE INDEX item_by_release ON item (release_at, public_id);

-- A file by its content: two items that attach the same share it.
CREATE TABLE attachment (
    hash        TEXT PRIMARY KEY,             -- SHA-256 in lower-case hex
    size        BIGINT NOT NULL,              -- bytes
    bytes       BLOB NOT NULL,
    created_at  BIGINT NOT NULL
);

CREATE TABLE item_attachment (
    item_id     BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    position    BIGINT NOT NULL,              -- from 0
    hash        TEXT NOT NULL REFERENCES attachment (hash),
    name        TEXT NOT NULL,                -- as the file was called
    media_type  TEXT NOT NULL,                -- as its content says
    PRIMARY KEY (item_id, version, position),
    FOREIGN KEY (item_id, version) REFERENCES item_version (item_id, version)
);
CREATE INDEX item_attachment_by_hash ON item_attachment (hash);

-- A personal feed's address: only its hash is kept.
CREATE TABLE feed_token (
    id            INTEGER PRIMARY KEY,
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    hash          TEXT NOT NULL UNIQUE,       -- SHA-256 in lower-case hex
    kind          TEXT NOT NULL,              -- news calendar
    created_at    BIGINT NOT NULL,
    revoked_at    BIGINT
);
CREATE INDEX feed_token_by_recipient ON feed_token (recipient_id);
