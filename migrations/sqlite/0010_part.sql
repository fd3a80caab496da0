-- Taking part: answers to events, offers of help, reminders, and what is sent in.

-- What a person says to an event. Dated rows; the one that has not ended stands.
CREATE TABLE answer (
    id            INTEGER PRIMARY KEY,
    item_id       BIGINT NOT NULL REFERENCES item (id),
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    answer        TEXT NOT NULL,              -- coming not_coming sending
    sent_name     TEXT,                       -- who comes instead
    sent_email    TEXT,
    note          TEXT,                       -- to the organiser
    source        TEXT NOT NULL,              -- letter device
    answered_at   BIGINT NOT NULL,            -- real time
    ended_at      BIGINT
);
CREATE UNIQUE INDEX answer_stands ON answer (item_id, recipient_id) WHERE ended_at IS NULL;
CREATE INDEX answer_by_recipient ON answer (recipient_id);

-- "I can help": once for each person and request; said again, it is brought up to date.
CREATE TABLE offer (
    id            INTEGER PRIMARY KEY,
    item_id       BIGINT NOT NULL REFERENCES item (id),
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    message       TEXT NOT NULL,              -- may be empty
    source        TEXT NOT NULL,              -- letter device
    offered_at    BIGINT NOT NULL,            -- real time
    changed_at    BIGINT NOT NULL,            -- real time; when it was last said
    times         BIGINT NOT NULL,            -- how often it was said and told on
    UNIQUE (item_id, recipient_id)
);
CREATE INDEX offer_by_recipient ON offer (recipient_id);

-- Who was reminded of what: once for each item, person and kind, for ever.
CREATE TABLE reminder (
    item_id       BIGINT NOT NULL REFERENCES item (id),
    recipient_id  BIGINT NOT NULL REFERENCES recipient (id),
    kind          TEXT NOT NULL,              -- coming unanswered help
    due_at        BIGINT NOT NULL,            -- the instant that it was due
    reminded_at   BIGINT NOT NULL,            -- real time
    PRIMARY KEY (item_id, recipient_id, kind)
);
CREATE INDEX reminder_by_recipient ON reminder (recipient_id);

-- What may become an item: sent in, forwarded by mail, or begun by the lead.
CREATE TABLE draft (
    id               INTEGER PRIMARY KEY,
    public_id        TEXT NOT NULL UNIQUE,    -- 128 random bits, lower-case hex
    source           TEXT NOT NULL,           -- form mail lead
    state            TEXT NOT NULL,           -- new taken declined
    language         TEXT NOT NULL,
    kind             TEXT,                    -- as the sender sees it
    title            TEXT NOT NULL,
    body             TEXT NOT NULL,           -- as written: nothing in it is trusted
    fields           TEXT NOT NULL,           -- what else was said, as JSON: {"link":..., "why":...}
    audience_words   TEXT NOT NULL,           -- for whom, in the sender's own words
    audience         TEXT,                    -- as the audience language prints it, once somebody chose
    about            TEXT NOT NULL,           -- ["sector:health"]
    sender_id        BIGINT REFERENCES recipient (id),   -- if it came through a person's own link
    sender_name      TEXT,
    sender_email     TEXT,
    sender_organisation TEXT,
    account_id       BIGINT REFERENCES account (id),     -- who writes it, if the lead or a group leader does
    received_at      BIGINT NOT NULL,         -- real time
    changed_at       BIGINT NOT NULL,         -- real time
    settled_at       BIGINT,                  -- real time; when it was taken or declined
    item_id          BIGINT REFERENCES item (id)         -- what it became
);
CREATE INDEX draft_new ON draft (received_at) WHERE state = 'new';
CREATE INDEX draft_by_sender ON draft (sender_id);
