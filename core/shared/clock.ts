/** Time is an argument: tests and simulations pass their own. Milliseconds since 1970. */
export type Clock = () => number
export const systemClock: Clock = Date.now
