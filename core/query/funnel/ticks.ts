// How a history is kept while it is walked. An event becomes one number that sorts as events are
// ordered: by time, sequence, and then the steps it matches. Sorting numbers is three times faster than
// sorting tuples. Sorted, it becomes a tick: its millisecond and its place in the history, so that ticks
// are unique, ordered, and still measure time.
//
// Keys have 64 bits where sequences are as short as most senders' are: gathering and sorting them takes
// two thirds of the time that 128 bits take.

/** What the bits of a key mean, the highest first: time, sequence, lowest step, steps, exclusions. */
export interface KeyLayout {
  type: 'UInt64' | 'UInt128'
  /** Time is counted from here, ms. */
  origin: number
  timeShift: number
  sequenceShift: number
  /** The greatest sequence that is told. */
  maxSequence: number
  lowestShift: number
  stepsShift: number
  stepsMask: number
  exclusionsMask: number
}

/** Senders' numbers are safe integers. */
const MAX_SEQUENCE_BITS = 53
const MAX_STEPS = 20
const MAX_EXCLUSIONS = 5
/** With fewer, too many senders' sequences would not fit for it to be worth a look. */
const LEAST_SEQUENCE_BITS = 20
/** Ticks per millisecond: events of one actor that can be told apart. */
const TICKS = 2 ** 19

/** Holds every key that can be. */
export const WIDE_KEYS: KeyLayout = layout(
  'UInt128',
  0,
  MAX_SEQUENCE_BITS,
  MAX_STEPS,
  MAX_EXCLUSIONS,
)

/**
 * 63 bits for events of a time, ms, and as great sequences as there is room for; null when there is hardly
 * any. Every key is so great that the window, ms, fits between 0 and it: 0 is nobody's start.
 */
export function narrowKeys(
  { from, to, windowMs }: { from: number; to: number; windowMs: number },
  steps: number,
  exclusions: number,
): KeyLayout | null {
  const origin = from - windowMs - 1
  const left = 63 - bitsFor(to - origin) - bitsFor(steps) - steps - exclusions
  return left < LEAST_SEQUENCE_BITS
    ? null
    : layout('UInt64', origin, Math.min(left, MAX_SEQUENCE_BITS), steps, exclusions)
}

function layout(
  type: KeyLayout['type'],
  origin: number,
  sequenceBits: number,
  steps: number,
  exclusions: number,
): KeyLayout {
  const lowestShift = steps + exclusions
  const sequenceShift = lowestShift + bitsFor(steps)
  return {
    ...{ type, origin, sequenceShift, lowestShift },
    timeShift: sequenceShift + sequenceBits,
    maxSequence: 2 ** sequenceBits - 1,
    stepsShift: exclusions,
    stepsMask: 2 ** steps - 1,
    exclusionsMask: 2 ** exclusions - 1,
  }
}

function bitsFor(most: number): number {
  return Math.ceil(Math.log2(most + 1))
}

/** SQL of an event's key, from its columns t (ms), sequence, mask (a bit per step) and x (per exclusion). */
export const keySql = (
  keys: KeyLayout,
): string => `bitShiftLeft(to${keys.type}(t - ${keys.origin}), ${keys.timeShift})
        + bitShiftLeft(to${keys.type}(least(sequence, ${keys.maxSequence})), ${keys.sequenceShift})
        + bitShiftLeft(toUInt64(if(mask = 0, 0, bitCount(bitXor(mask, mask - 1)))), ${keys.lowestShift})
        + bitShiftLeft(toUInt64(mask), ${keys.stepsShift}) + x`

/**
 * SQL of a number that orders events by key and, where those are equal, by a text: by its first eight
 * bytes, then by its hash. To keep the least of such numbers takes a third of the time of tuples.
 */
export const keyWithText = (key: string, text: string): string =>
  `bitShiftLeft(toUInt256(${key}), 128)
      + bitShiftLeft(toUInt256(byteSwap(reinterpretAsUInt64(substring(${text}, 1, 8)))), 64)
      + sipHash64(${text})`

/** SQL of the least key that an event at a moment, ms, can have. */
export const keyAt = (keys: KeyLayout, ms: string): string =>
  `bitShiftLeft(to${keys.type}((${ms}) - ${keys.origin}), ${keys.timeShift})`

export const msOfKey = (keys: KeyLayout, key: string): string =>
  `(toInt64(bitShiftRight(${key}, ${keys.timeShift})) + ${keys.origin})`
export const stepsOfKey = (keys: KeyLayout, key: string): string =>
  `toUInt32(bitAnd(bitShiftRight(toUInt64(${key}), ${keys.stepsShift}), ${keys.stepsMask}))`
export const exclusionsOfKey = (keys: KeyLayout, key: string): string =>
  `toUInt8(bitAnd(toUInt64(${key}), ${keys.exclusionsMask}))`

/** How events are told apart and times are measured while a history is walked; all of it is SQL. */
export interface Clock {
  msOf(tick: string): string
  /** The tick at which a millisecond begins. */
  at(ms: string): string
  /** So many milliseconds, as a difference of ticks. */
  span(ms: string): string
  /** The tick at which the millisecond of a tick begins. */
  beginOf(tick: string): string
}

/** Every event has a tick of its own. */
export const PLACES_CLOCK: Clock = {
  msOf: (tick) => `intDiv(${tick}, ${TICKS})`,
  at: (ms) => `(${ms}) * ${TICKS}`,
  span: (ms) => `(${ms}) * ${TICKS}`,
  beginOf: (tick) => `${tick} - ${tick} % ${TICKS}`,
}

/** SQL of the ticks by places of a sorted array of keys. */
export const placeTicks = (keys: KeyLayout, array: string): string =>
  `arrayMap((key, place) -> ${msOfKey(keys, 'key')} * ${TICKS} + least(place, ${TICKS - 1}), ${array}, arrayEnumerate(${array}))`

/** Ticks are the keys themselves, where nothing depends on what equal events have in common; 0 is none. */
export const keysClock = (keys: KeyLayout): Clock => ({
  msOf: (tick) => `if(${tick} = 0, 0, ${msOfKey(keys, tick)})`,
  at: (ms) => keyAt(keys, ms),
  span: (ms) => `bitShiftLeft(toInt64(${ms}), ${keys.timeShift})`,
  beginOf: (tick) => `bitShiftLeft(bitShiftRight(${tick}, ${keys.timeShift}), ${keys.timeShift})`,
})
