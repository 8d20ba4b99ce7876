// What an ordered funnel means, as slowly and plainly as it can be said. Only tests use it.

export interface HistoryEvent {
  at: number
  sequence: number
  /** Which steps it matches, from 1. */
  steps: number[]
}

export interface Outcome {
  /** 0 when the person never entered. */
  furthest: number
  /** When the first attempt that came this far took each step. */
  times: number[]
  /** When the person's latest attempt began. */
  latestEntry: number
}

interface Attempt {
  start: number
  times: number[]
}

/**
 * Walks a person's events in order of time, then sequence, then step. An event of step k takes the
 * latest attempt that stands at k-1 further, within the window from the attempt's start.
 */
export function walkFunnel(
  events: readonly HistoryEvent[],
  steps: number,
  windowMs: number,
): Outcome {
  const ordered = [...events].sort(
    (a, b) =>
      a.at - b.at ||
      a.sequence - b.sequence ||
      Math.min(...a.steps) - Math.min(...b.steps) ||
      bits(a.steps) - bits(b.steps),
  )
  /** The latest attempt that has reached each step. */
  const latest = new Map<number, Attempt>()
  let best: Attempt = { start: 0, times: [] }
  let latestEntry = 0
  for (const { at, steps: matched } of ordered) {
    // From the last step to the first, so that one event does not take an attempt two steps further.
    for (let step = steps; step >= 1; step--) {
      if (!matched.includes(step)) continue
      const moved = step === 1 ? { start: at, times: [at] } : advance(latest, step, at, windowMs)
      if (!moved) continue
      latest.set(step, moved)
      if (step === 1) latestEntry = at
      if (moved.times.length > best.times.length) best = moved
    }
  }
  return { furthest: best.times.length, times: best.times, latestEntry }
}

function advance(
  latest: Map<number, Attempt>,
  step: number,
  at: number,
  windowMs: number,
): Attempt | null {
  const attempt = latest.get(step - 1)
  if (!attempt || at - attempt.start > windowMs) return null
  const alreadyHere = latest.get(step)?.start === attempt.start
  return alreadyHere ? null : { start: attempt.start, times: [...attempt.times, at] }
}

const bits = (steps: readonly number[]): number =>
  steps.reduce((mask, step) => mask + 2 ** (step - 1), 0)
