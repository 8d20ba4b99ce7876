import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs, NEXT, type Signal, shouldSeal } from './flush.ts'

const LIMITS = { sealMaxBytes: 1_000, sealMaxAgeMs: 500, backoffMinMs: 100, backoffMaxMs: 60_000 }

describe('the open batch', () => {
  it.each([
    ['stays open while it is small and young', { openBytes: 10, openAgeMs: 10 }, null],
    ['is closed by size', { openBytes: 1_000, openAgeMs: 0 }, 'size'],
    ['is closed by age', { openBytes: 1, openAgeMs: 500 }, 'age'],
    ['is never closed empty', { openBytes: 0, openAgeMs: 10_000 }, null],
    [
      'is not closed by age while another waits',
      { openBytes: 1, openAgeMs: 10_000, sealedBatches: 1 },
      null,
    ],
    ['is closed by size even then', { openBytes: 1_000, openAgeMs: 0, sealedBatches: 1 }, 'size'],
  ] as const)('%s', (_name, held, trigger) => {
    expect(shouldSeal({ sealedBatches: 0, ...held }, LIMITS)).toBe(trigger)
  })
})

describe('the pause after a failure', () => {
  it('doubles up to the cap', () => {
    const pauses = [0, 1, 2, 3, 20].map((failures) => backoffMs(failures, null, LIMITS, 1))
    expect(pauses).toEqual([100, 200, 400, 800, 60_000])
  })

  it('honours Retry-After, up to the cap', () => {
    expect(backoffMs(0, 5_000, LIMITS, 0)).toBe(5_000)
    expect(backoffMs(0, 3_600_000, LIMITS, 0)).toBe(60_000)
  })

  it('is spread over half its length, and never zero', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
        const pause = backoffMs(failures, null, LIMITS, random)
        const ceiling = Math.min(60_000, 100 * 2 ** Math.min(failures, 30))
        expect(pause).toBeGreaterThanOrEqual(Math.floor(ceiling / 2))
        expect(pause).toBeLessThanOrEqual(ceiling)
      }),
    )
  })
})

describe('the state table', () => {
  it('leaves a pause only when it is over: new events do not hammer a bridge that is down', () => {
    const { append, due, retry } = NEXT.backing_off
    expect([append, due, retry]).toEqual(['backing_off', 'backing_off', 'sending'])
  })

  it('has one batch in flight: nothing but its answer ends sending', () => {
    const { append, due, retry } = NEXT.sending
    expect([append, due, retry]).toEqual(['sending', 'sending', 'sending'])
  })

  it('reaches sending from anywhere, once something is due and the pause is over', () => {
    const signals: Signal[] = ['due', 'retry', 'due']
    for (const state of Object.keys(NEXT) as (keyof typeof NEXT)[]) {
      const end = signals.reduce((now, signal) => NEXT[now][signal], state)
      expect(end).toBe('sending')
    }
  })
})
