-- How far persons are made of the events: the row that came furthest counts.
CREATE TABLE IF NOT EXISTS identity_progress
(
    -- Always the same: the table has one row in the end.
    keeper LowCardinality(String),
    -- Everything that the log took before this is in the persons.
    complete_until DateTime64(3, 'UTC'),
    -- The version of the store's data that was read.
    data_version String,
    -- Everything inserted before this was read, by the store's clock.
    read_until DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(complete_until)
ORDER BY keeper
SETTINGS non_replicated_deduplication_window = 100
