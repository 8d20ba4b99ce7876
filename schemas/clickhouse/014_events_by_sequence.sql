-- A funnel asks whether sequences are small before it reads events; where they are, this answers it.
ALTER TABLE events ADD INDEX IF NOT EXISTS by_sequence sequence TYPE minmax GRANULARITY 1
