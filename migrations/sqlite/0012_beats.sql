-- When a worker last gave a sign of life, by its own clock: for people. Others watch the counter.

ALTER TABLE worker ADD COLUMN beaten_at BIGINT;
