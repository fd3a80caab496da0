-- What: items, their versions, their texts.

CREATE TABLE item (
    id            INTEGER PRIMARY KEY,
    public_id     TEXT NOT NULL UNIQUE,
    slug          TEXT NOT NULL UNIQUE,
    version       BIGINT NOT NULL,            -- the newest
    release_at    BIGINT NOT NULL,
    number        BIGINT UNIQUE,              -- its place in the order of release, once released; anew with a correction
    numbered_at   BIGINT,
    withdrawn_at  BIGINT,
    closes_at     BIGINT,                     -- its expiry or own date; NULL: 60 days after its number was given
    created_at    BIGINT NOT NULL
);
CREATE INDEX item_unreleased ON item (release_at) WHERE number IS NULL;

CREATE TABLE item_version (
    item_id     BIGINT NOT NULL REFERENCES item (id),
    version     BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    audience    TEXT,                         -- as the language prints it
    about       TEXT NOT NULL,                -- ["sector:health"]
    interested  BOOLEAN NOT NULL,
    visibility  TEXT NOT NULL,                -- public forum group:<slug> only:<slug>
    importance  TEXT NOT NULL,
    lane        TEXT NOT NULL,
    expires_at  BIGINT,
    source      TEXT,                         -- an organisation's slug
    contact     TEXT,                         -- {"name":..., "email":..., "phone":...}
    language    TEXT NOT NULL,                -- first written in
    fields      TEXT NOT NULL,                -- what only its kind has
    given       TEXT NOT NULL,                -- what the file gave, to tell whether it comes again unchanged
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (item_id, version)
);

CREATE TABLE item_text (
    item_id   BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    language  TEXT NOT NULL,
    text      TEXT NOT NULL,                  -- {"title":..., "body":..., "minutes":{...}, "place":...}
    PRIMARY KEY (item_id, version, language),
    FOREIGN KEY (item_id, version) REFERENCES item_version (item_id, version)
);
