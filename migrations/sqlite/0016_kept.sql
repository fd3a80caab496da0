-- How long more kinds of data are kept, and when a piece of letters was last used.

INSERT INTO retention (kind, days) VALUES
    ('answers', 365),                         -- to events and requests, after their day
    ('drafts', 365),                          -- what was sent in
    ('notices', 30),                          -- that a short mail went
    ('knocks', 1);                            -- that somebody asked for one, if nobody answered

ALTER TABLE piece ADD COLUMN kept_at BIGINT NOT NULL DEFAULT 0;   -- real time, to the day
