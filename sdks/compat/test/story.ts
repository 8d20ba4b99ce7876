/** What a program is told: whom to send to, and what to send. */
export interface Task {
  host: string
  key: string
  /** Everything that an application does with its client, once. */
  story: boolean
  /** How many events more, each with its number in the property `n`. */
  count: number
  /** ms since 1970. An event with a time of its own is so many seconds later. */
  startedAt: number
  properties: Record<string, unknown>
  /** Of the client's constructor: how many events it sends at a time, how long it waits before a retry. */
  options: Record<string, unknown>
}

/** Everything that JSON has, and what transports like to break. */
export const PROPERTIES = {
  text: 'Zoë said "no"\n\t🚲 \\ </script> ٣',
  empty: '',
  whole: 42,
  negative: -7,
  real: 0.1,
  large: 9_007_199_254_740_991,
  yes: true,
  no: false,
  list: ['a', 'b'],
  'dotted.name': 'd',
  nested: { deep: { deeper: 'x', size: 3 } },
}

const HOUR_MS = 3_600_000

/** What is said to have happened an hour ago must not come to be of now. */
export const anHourAgo = (): number => Date.now() - HOUR_MS

/** The time of an event of a task, as the store gives it. */
export const timeOf = ({ startedAt }: Pick<Task, 'startedAt'>, seconds: number): string =>
  new Date(startedAt + seconds * 1_000).toISOString()
