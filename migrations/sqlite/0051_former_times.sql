-- What decided the times of editions until it was changed: what would have occurred then under other settings is not missed.
CREATE TABLE former_times (
    id         INTEGER PRIMARY KEY,
    until_at   BIGINT NOT NULL,
    time_zone  TEXT NOT NULL,
    holidays   TEXT,
    pause      TEXT NOT NULL,
    cadences   TEXT NOT NULL
);
