-- SQLite's tables of links and short mails are made anew there, so that their numbers never come back: PostgreSQL's never do.
SELECT 1;
