import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Progress } from '../store/store.ts'
import { TotalProgress } from './total-progress.ts'
import type { Round } from './whole-plan.ts'

function toldBy(work: (total: TotalProgress) => void): [read: number, toRead: number][] {
  const told: Progress[] = []
  work(new TotalProgress((progress) => told.push(progress)))
  return told.map(({ rowsRead, rowsToRead }) => [rowsRead, rowsToRead])
}

describe('how far a question is', () => {
  it('takes a statement that tells nothing yet for as much as those beside it', () => {
    const told = toldBy((total) => {
      const [first, second] = total.begin(2, 'answer')
      first?.({ rowsRead: 50, rowsToRead: 100 })
      second?.({ rowsRead: 20, rowsToRead: 200 })
      total.end()
    })
    expect(told).toEqual([
      [50, 200],
      [70, 280],
      [300, 300],
    ])
  })

  it('takes the round after a planning one for as much as that', () => {
    const told = toldBy((total) => {
      total.begin(1, 'plan')[0]?.({ rowsRead: 100, rowsToRead: 100 })
      total.begin(1, 'answer')[0]?.({ rowsRead: 25, rowsToRead: 50 })
      total.end()
    })
    expect(told).toEqual([
      [100, 200],
      [125, 150],
      [150, 150],
    ])
  })

  it('is not told while it is not known how much is to be read, nor of a round that is over', () => {
    const told = toldBy((total) => {
      const [early] = total.begin(1, 'plan')
      early?.({ rowsRead: 5, rowsToRead: 0 })
      total.begin(1, 'answer')
      early?.({ rowsRead: 10, rowsToRead: 10 })
      total.end()
    })
    expect(told).toEqual([])
  })

  it('grows, never goes back, and ends at the total', () => {
    fc.assert(
      fc.property(rounds, (all) => {
        const told = toldBy((total) => {
          for (const [place, { statements, steps }] of all.entries()) {
            const round: Round = place < all.length - 1 ? 'plan' : 'answer'
            const parts = total.begin(statements, round)
            for (const { statement, ...progress } of steps) parts[statement]?.(progress)
          }
          total.end()
        })
        for (const [at, [read, toRead]] of told.entries()) {
          const [before, toReadBefore] = told[at - 1] ?? [0, 1]
          expect(read).toBeGreaterThanOrEqual(before)
          expect(read / toRead).toBeGreaterThanOrEqual(before / toReadBefore)
          expect(read).toBeLessThanOrEqual(toRead)
        }
        const [read, toRead] = told.at(-1) ?? [0, 0]
        expect(read).toBe(toRead)
      }),
    )
  })
})

/** Whatever a store may say, also that there is less to read than was read. */
const step = fc.record({
  statement: fc.nat(3),
  rowsRead: fc.nat(1_000),
  rowsToRead: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_000 })),
})
const rounds = fc.array(
  fc.record({ statements: fc.integer({ min: 1, max: 4 }), steps: fc.array(step) }),
  { minLength: 1, maxLength: 4 },
)
