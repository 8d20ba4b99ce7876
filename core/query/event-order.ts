/**
 * SQL of an actor's events in order, as one number: by time, then by sequence, then by uuid. Of columns
 * `t` (ms), `sequence` and `uuid`; nothing lies before 1970. Sorting by it, with an array for each fact,
 * was measured three times faster than sorting an array of tuples.
 */
export const EVENT_ORDER = `bitOr(bitShiftLeft(toUInt256(t), 192),
            bitOr(bitShiftLeft(toUInt256(sequence), 128), toUInt256(toUInt128(uuid))))`
