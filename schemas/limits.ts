// Every limit of the capture contract, with its unit in its name. docs/event.md explains them to senders.

/** Largest request body as it arrives, compressed or not. */
export const MAX_BODY_BYTES = 20 * 1024 * 1024
/** Largest body after decompression: five times the wire limit, so that a bomb stops early. */
export const MAX_DECOMPRESSED_BYTES = 5 * MAX_BODY_BYTES
/** Largest single event, measured as the UTF-8 JSON of its stored record. */
export const MAX_EVENT_BYTES = 1024 * 1024
/** Longest event name, in UTF-16 code units. */
export const MAX_EVENT_NAME_LENGTH = 200
/** Longest distinct_id, in UTF-16 code units. */
export const MAX_DISTINCT_ID_LENGTH = 200
/** Deepest nesting inside `properties`; the store refuses about 1,000 and slows down long before. */
export const MAX_PROPERTY_DEPTH = 100
/** Most keys in one event's properties, counted at every depth. */
export const MAX_PROPERTY_KEYS = 2_000
/** Longest project id, in characters, the region that it is pinned to included. */
export const MAX_PROJECT_ID_LENGTH = 20
/** Longest write key, in characters. */
export const MAX_WRITE_KEY_LENGTH = 64
/** A timestamp may be this far ahead of received_at before it is clamped to received_at. */
export const MAX_TIME_AHEAD_MS = 24 * 60 * 60 * 1000
/** Timestamps before this (2000-01-01) are clamped to received_at: they are unset clocks, not history. */
export const MIN_TIMESTAMP_MS = Date.UTC(2000, 0, 1)
/** A sender's clock is corrected only when it is off by more than this. */
export const MAX_CLOCK_ERROR_MS = 5 * 60 * 1000
/** Longest body the bridge takes in one batch; the buffer seals well below it. */
export const MAX_BATCH_BYTES = 8 * 1024 * 1024
/** A batch signature older or newer than this is refused by the bridge. */
export const BATCH_SIGNATURE_WINDOW_MS = 5 * 60 * 1000
