import type { CohortCondition } from '@headwater/schemas/insights/cohort'
import { describe, expect, it } from 'vitest'
import { newCondition, periodOf, readIds, ruleWords, withPeriod } from './cohort-rule.ts'

const did = newCondition('did', 'signup') as Extract<CohortCondition, { type: 'did' }>
const words = (...conditions: CohortCondition[]) => ruleWords({ match: 'all', conditions })

describe('a rule in words', () => {
  it.each<[string, CohortCondition]>([
    ['did signup', did],
    ['not did signup', { ...did, negate: true }],
    [
      'did signup at least 3 times in the last 30 days',
      {
        ...did,
        times: { operator: 'gte', value: 3 },
        within: { value: 30, unit: 'day' },
      },
    ],
    ['did signup exactly 1 time', { ...did, times: { operator: 'is', value: 1 } }],
    [
      'did All events where plan is pro or free and $browser is set',
      {
        ...did,
        event: '*',
        filters: [
          { property: 'plan', operator: 'is', value: ['pro', 'free'] },
          { property: '$browser', operator: 'is_set' },
        ],
      },
    ],
    [
      'did signup from 1 Jun 2026, 00:00:00 to 2 Jun 2026, 00:00:00',
      { ...did, from: '2026-06-01T00:00:00Z', to: '2026-06-02T00:00:00Z' },
    ],
    ['did a, then b within 1 day', sequence('a', 'b')],
    ['email is set', newCondition('person', 'signup')],
    ['not on a list of 2 ids', { type: 'list', distinct_ids: ['a', 'b'], negate: true }],
  ])('%s', (expected, condition) => {
    expect(words(condition)).toBe(expected)
  })

  it('joins conditions by what must hold', () => {
    const conditions = [did, newCondition('person', '')]
    expect(ruleWords({ match: 'all', conditions })).toBe('did signup, and email is set')
    expect(ruleWords({ match: 'any', conditions })).toBe('did signup, or email is set')
  })
})

describe('when a condition looks', () => {
  it('is one of three', () => {
    const within = { within: { value: 7, unit: 'day' as const } }
    expect(periodOf(did)).toBe('ever')
    expect(periodOf(withPeriod(did, within))).toBe('within')
    expect(periodOf(withPeriod(withPeriod(did, within), { from: '2026-06-01T00:00:00Z' }))).toBe(
      'between',
    )
    expect(withPeriod(withPeriod(did, within), {})).toEqual(did)
  })
})

describe('a list of ids', () => {
  it('has one a line, each once', () => {
    expect(readIds(' ann \r\n\nbob\nann\n')).toEqual(['ann', 'bob'])
  })
})

function sequence(...events: string[]): CohortCondition {
  const steps = events.map((event) => ({ event, filters: [] }))
  return { type: 'did_sequence', steps, window: { value: 1, unit: 'day' }, negate: false }
}
