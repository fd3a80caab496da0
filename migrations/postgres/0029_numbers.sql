-- differs: only SQLite gives the number of a deleted last row again.
-- SQLite's tables of links and short mails are made anew there, so that their numbers never come back: PostgreSQL's never do.
SELECT 1;
