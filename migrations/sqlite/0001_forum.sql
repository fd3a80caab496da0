-- Who: one database is one forum. Instants are UTC microseconds; lists and maps are JSON.

CREATE TABLE forum (
    id             BIGINT PRIMARY KEY CHECK (id = 1),
    slug           TEXT NOT NULL,
    name           TEXT NOT NULL,
    time_zone      TEXT NOT NULL,
    language       TEXT NOT NULL,
    holidays       TEXT,
    pause          TEXT NOT NULL,             -- [{"first":"2027-07-05","last":"2027-08-06"}]
    cadences       TEXT NOT NULL,             -- {"weekly":"0 30 7 * * Mon"}
    cap            BIGINT NOT NULL,
    change_number  BIGINT NOT NULL,           -- raised by every change that a running serve must reread
    last_number    BIGINT NOT NULL,           -- the release counter; its row is locked until commit
    created_at     BIGINT NOT NULL,
    applied_at     BIGINT NOT NULL
);

CREATE TABLE term (
    id         INTEGER PRIMARY KEY,
    facet      TEXT NOT NULL,                 -- role group sector org kind-of-org represents
    slug       TEXT NOT NULL,
    parent_id  BIGINT REFERENCES term (id),
    names      TEXT NOT NULL,                 -- {"nb":"Helse"}
    kind       TEXT,                          -- of a group: steering coordination competence adhoc
    UNIQUE (facet, slug)
);

-- The ten kinds of organisation are always there.
INSERT INTO term (facet, slug, names) VALUES
    ('kind-of-org', 'county', '{"nb":"Fylkeskommune","nn":"Fylkeskommune","en":"County"}'),
    ('kind-of-org', 'municipality', '{"nb":"Kommune","nn":"Kommune","en":"Municipality"}'),
    ('kind-of-org', 'state', '{"nb":"Statlig virksomhet","nn":"Statleg verksemd","en":"State agency"}'),
    ('kind-of-org', 'university', '{"nb":"Universitet eller høgskole","nn":"Universitet eller høgskule","en":"University or college"}'),
    ('kind-of-org', 'school', '{"nb":"Skole","nn":"Skule","en":"School"}'),
    ('kind-of-org', 'employers', '{"nb":"Arbeidsgiverorganisasjon","nn":"Arbeidsgivarorganisasjon","en":"Employers'' organisation"}'),
    ('kind-of-org', 'union', '{"nb":"Fagforening","nn":"Fagforeining","en":"Trade union"}'),
    ('kind-of-org', 'company', '{"nb":"Bedrift","nn":"Bedrift","en":"Company"}'),
    ('kind-of-org', 'voluntary', '{"nb":"Frivillig organisasjon","nn":"Frivillig organisasjon","en":"Voluntary organisation"}'),
    ('kind-of-org', 'other', '{"nb":"Annet","nn":"Anna","en":"Other"}');

CREATE TABLE group_sector (
    group_id   BIGINT NOT NULL REFERENCES term (id),
    sector_id  BIGINT NOT NULL REFERENCES term (id),
    PRIMARY KEY (group_id, sector_id)
);

CREATE TABLE organisation (
    id             INTEGER PRIMARY KEY,
    slug           TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    kind           TEXT NOT NULL,
    org_id         BIGINT NOT NULL REFERENCES term (id),   -- its org: term
    represents_id  BIGINT NOT NULL REFERENCES term (id),   -- its represents: term
    created_at     BIGINT NOT NULL
);

CREATE TABLE recipient (
    id               INTEGER PRIMARY KEY,
    public_id        TEXT NOT NULL UNIQUE,    -- 128 random bits, lower-case hex
    email            TEXT UNIQUE,             -- its one spelling; NULL once erased
    name             TEXT NOT NULL,
    organisation_id  BIGINT REFERENCES organisation (id),
    language         TEXT NOT NULL,
    cadence          TEXT NOT NULL,
    cap              BIGINT,
    status           TEXT NOT NULL,           -- unconfirmed active unsubscribed suspended erased
    status_cause     TEXT,                    -- why not active
    paused_until     TEXT,                    -- a day, exclusive
    admitted         BOOLEAN NOT NULL,
    imported         BOOLEAN NOT NULL,
    introduced_at    BIGINT,                  -- when a first letter told source, purpose, rights (GDPR art. 14)
    chosen           TEXT NOT NULL,           -- what the person chose and no import overrides: ["cadence","language"]
    token_version    BIGINT NOT NULL,
    revision         BIGINT NOT NULL,         -- raised by every change that planning must notice
    watermark        BIGINT NOT NULL,
    last_planned_at  BIGINT,                  -- the now of the last edition planned
    created_at       BIGINT NOT NULL
);
CREATE INDEX recipient_by_organisation ON recipient (organisation_id);

CREATE TABLE recipient_role (
    id            INTEGER PRIMARY KEY,
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    role_id       BIGINT NOT NULL REFERENCES term (id),
    source        TEXT NOT NULL,
    started_at    BIGINT NOT NULL,
    ended_at      BIGINT
);
CREATE UNIQUE INDEX recipient_role_held ON recipient_role (recipient_id, role_id) WHERE ended_at IS NULL;

CREATE TABLE interest (
    id            INTEGER PRIMARY KEY,
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    term_id       BIGINT NOT NULL REFERENCES term (id),
    mark          TEXT NOT NULL,              -- follow mute
    source        TEXT NOT NULL,              -- import person lead
    started_at    BIGINT NOT NULL,
    ended_at      BIGINT,
    ended_by      TEXT                        -- a person's own end is not undone by an import
);
CREATE UNIQUE INDEX interest_held ON interest (recipient_id, term_id, mark) WHERE ended_at IS NULL;
CREATE INDEX interest_by_term ON interest (term_id);

CREATE TABLE muted_kind (
    id            INTEGER PRIMARY KEY,
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    kind          TEXT NOT NULL,
    source        TEXT NOT NULL,
    started_at    BIGINT NOT NULL,
    ended_at      BIGINT
);
CREATE UNIQUE INDEX muted_kind_held ON muted_kind (recipient_id, kind) WHERE ended_at IS NULL;

-- A place in a group: outlives its holders and keeps its own topics.
CREATE TABLE seat (
    id               INTEGER PRIMARY KEY,
    group_id         BIGINT NOT NULL REFERENCES term (id),
    organisation_id  BIGINT NOT NULL REFERENCES organisation (id),   -- represented
    position         TEXT NOT NULL,
    starts_at        BIGINT,                  -- NULL: since ever
    ends_at          BIGINT,                  -- NULL: no end set
    created_at       BIGINT NOT NULL
);
CREATE INDEX seat_by_group ON seat (group_id);

CREATE TABLE seat_topic (
    seat_id    BIGINT NOT NULL REFERENCES seat (id),
    sector_id  BIGINT NOT NULL REFERENCES term (id),
    PRIMARY KEY (seat_id, sector_id)
);

CREATE TABLE seat_holder (
    id            INTEGER PRIMARY KEY,
    seat_id       BIGINT NOT NULL REFERENCES seat (id),
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    starts_at     BIGINT,
    ends_at       BIGINT,
    source        TEXT NOT NULL,
    welcomed_in   BIGINT                      -- the edition whose digest handed the seat over
);
CREATE INDEX seat_holder_by_recipient ON seat_holder (recipient_id);
CREATE INDEX seat_holder_by_seat ON seat_holder (seat_id);

CREATE TABLE legal_basis (
    id            INTEGER PRIMARY KEY,
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    basis         TEXT NOT NULL,              -- public_task consent
    source        TEXT NOT NULL,              -- where the data came from, as the first letter tells
    recorded_at   BIGINT NOT NULL,
    ended_at      BIGINT
);
CREATE INDEX legal_basis_by_recipient ON legal_basis (recipient_id);

-- Addresses that asked to be forgotten, as keyed hashes: no import brings them back in silence.
CREATE TABLE erased_address (
    hash       TEXT PRIMARY KEY,
    erased_at  BIGINT NOT NULL
);

CREATE TABLE account (
    id          INTEGER PRIMARY KEY,
    email       TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    rights      TEXT NOT NULL,                -- ["administer","send"]
    created_at  BIGINT NOT NULL
);

-- Who did what to what, in the transaction that did it. Erasure redacts it.
CREATE TABLE change (
    id            INTEGER PRIMARY KEY,
    changed_at    BIGINT NOT NULL,            -- real time
    actor         TEXT NOT NULL,              -- command, page or worker; never an address
    action        TEXT NOT NULL,              -- item.added
    subject       TEXT NOT NULL,              -- item:referat-helse
    recipient_id  BIGINT,                     -- whose data it is, for export and erasure
    before        TEXT,
    after         TEXT
);
CREATE INDEX change_by_recipient ON change (recipient_id);

CREATE TABLE retention (
    kind  TEXT PRIMARY KEY,
    days  BIGINT NOT NULL
);
INSERT INTO retention (kind, days) VALUES ('letters', 365), ('ended_holders', 183), ('logs', 30), ('taps', 90);

CREATE TABLE secret_key (
    id          INTEGER PRIMARY KEY,
    bytes       BLOB NOT NULL,
    created_at  BIGINT NOT NULL
);
