-- By which organisation's invitation somebody signed up. Never a union's: that would tell who may be with one.
CREATE TABLE came_by (
    id               INTEGER PRIMARY KEY,
    recipient_id     BIGINT NOT NULL REFERENCES recipient (id),
    organisation_id  BIGINT NOT NULL REFERENCES organisation (id),
    came_at          BIGINT NOT NULL
);
CREATE INDEX came_by_by_recipient ON came_by (recipient_id);
CREATE INDEX came_by_by_organisation ON came_by (organisation_id, came_at);
