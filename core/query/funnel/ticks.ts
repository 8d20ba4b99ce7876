// How a history is kept while it is walked. An event becomes one number that sorts as events are
// ordered: by time, sequence, and then the steps it matches. Sorting numbers is three times faster than
// sorting tuples. Sorted, it becomes a tick: its millisecond and its place in the history, so that ticks
// are unique, ordered, and still measure time.
//
//   key, 127 bits:  time 44 · sequence 53 · lowest step 5 · steps 20 · exclusions 5

const TIME_SHIFT = 83
const SEQUENCE_SHIFT = 30
const LOWEST_SHIFT = 25
const STEPS_SHIFT = 5
const STEPS_MASK = 2 ** 20 - 1
const EXCLUSIONS_MASK = 2 ** 5 - 1
/** Senders' numbers are safe integers. */
const MAX_SEQUENCE = 2 ** 53 - 1
/** Ticks per millisecond: events of one actor that can be told apart. */
export const TICKS = 2 ** 19

/** SQL of an event's key, from its columns t (ms), sequence, mask (a bit per step) and x (per exclusion). */
export const KEY = `bitShiftLeft(toUInt128(t), ${TIME_SHIFT})
        + bitShiftLeft(toUInt128(least(sequence, ${MAX_SEQUENCE})), ${SEQUENCE_SHIFT})
        + bitShiftLeft(toUInt64(if(mask = 0, 0, bitCount(bitXor(mask, mask - 1)))), ${LOWEST_SHIFT})
        + bitShiftLeft(toUInt64(mask), ${STEPS_SHIFT}) + x`

/**
 * SQL of a number that orders events by key and, where those are equal, by a text: by its first eight
 * bytes, then by its hash. To keep the least of such numbers takes a third of the time of tuples.
 */
export const keyWithText = (key: string, text: string): string =>
  `bitShiftLeft(toUInt256(${key}), 128)
      + bitShiftLeft(toUInt256(byteSwap(reinterpretAsUInt64(substring(${text}, 1, 8)))), 64)
      + sipHash64(${text})`

/** SQL of the least key that an event at a moment, ms, can have. */
export const keyAt = (ms: string): string => `bitShiftLeft(toUInt128(${ms}), ${TIME_SHIFT})`

export const msOfKey = (key: string): string => `toInt64(bitShiftRight(${key}, ${TIME_SHIFT}))`
export const stepsOfKey = (key: string): string =>
  `toUInt32(bitAnd(bitShiftRight(toUInt64(${key}), ${STEPS_SHIFT}), ${STEPS_MASK}))`
export const exclusionsOfKey = (key: string): string =>
  `toUInt8(bitAnd(toUInt64(${key}), ${EXCLUSIONS_MASK}))`

/** SQL of the ticks of a sorted array of keys. */
export const ticksOf = (keys: string): string =>
  `arrayMap((key, place) -> ${msOfKey('key')} * ${TICKS} + least(place, ${TICKS - 1}), ${keys}, arrayEnumerate(${keys}))`

export const msOfTick = (tick: string): string => `intDiv(${tick}, ${TICKS})`
/** SQL of the tick at which a millisecond begins. */
export const tickAt = (ms: string): string => `(${ms}) * ${TICKS}`
