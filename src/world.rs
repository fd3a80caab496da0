//! Rows into values: the one place that builds `forum` and `content` values from `store` rows.
