-- What people say about their events and properties: the latest version of each counts.
CREATE TABLE IF NOT EXISTS definitions
(
    project_id LowCardinality(String),
    kind LowCardinality(String),
    name String,
    description String,
    hidden Bool,
    -- When it was said, ms.
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project_id, kind, name)
SETTINGS non_replicated_deduplication_window = 1000
