//! People files: headings, cells, rows that add up, what is refused.
