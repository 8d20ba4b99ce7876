import { InsightQuery } from '@headwater/schemas/insights/insight'
import { describe, expect, it } from 'vitest'
import { funnelsQuery, keptExclusions, plainFunnel, readFunnels, writeFunnels } from './funnels.ts'
import { readFunnel, writeFunnel } from './url-state.ts'

const DEFAULTS = { project: 'default' }
const read = (search: string) => readFunnels(new URLSearchParams(search), DEFAULTS)
const STEPS = 'steps=[{"event":"a"},{"event":"b"},{"event":"c"}]'
const EXCLUSIONS = 'exclusions=[{"event":"x"},{"event":"y","from_step":2,"to_step":3}]'

describe('a question of funnels in an address', () => {
  it('is the plain question that old addresses mean', () => {
    const search = `${STEPS}&conversion_window=3 hour&breakdown=$browser`
    const { question, ignored } = read(search)
    const old = readFunnel(new URLSearchParams(search), DEFAULTS).question
    expect(ignored).toEqual([])
    expect(plainFunnel(question)).toEqual(old)
    expect(writeFunnels(question).toString()).toBe(writeFunnel(old).toString())
  })

  it.each([
    'order=strict',
    'order=any&exclusions=[{"event":"x"}]',
    EXCLUSIONS,
    'view=time',
    'view=trend&interval=week',
    'view=trend&interval=week&order=strict&breakdown=$country',
  ])('is read as it was written, and is one that the contract accepts: %s', (more) => {
    const { question, ignored } = read(`${STEPS}&${more}`)
    expect(ignored).toEqual([])
    expect(plainFunnel(question)).toBeNull()
    expect(read(writeFunnels(question).toString()).question).toEqual(question)
    expect(InsightQuery.parse(funnelsQuery(question))).toEqual(funnelsQuery(question))
  })

  it('asks what its view shows', () => {
    expect(funnelsQuery(read(`${STEPS}&${EXCLUSIONS}`).question)).toMatchObject({
      kind: 'funnel',
      exclusions: [
        { event: 'x', from_step: 1 },
        { event: 'y', from_step: 2, to_step: 3 },
      ],
    })
    expect(funnelsQuery(read('view=time').question).kind).toBe('funnel_time')
    expect(funnelsQuery(read('view=trend&interval=month').question)).toMatchObject({
      kind: 'funnel_trend',
      interval: 'month',
    })
  })

  it('names what it does not understand once', () => {
    const search = 'order=random&view=pie&interval=fortnight&exclusions=[{"from_step":1}]'
    expect(read(search).ignored.toSorted()).toEqual([
      'exclusions=[{"from_step":1}]',
      'interval=fortnight',
      'order=random',
      'view=pie',
    ])
  })

  it('moves exclusions to the steps that are left', () => {
    const { exclusions } = read(`${STEPS}&${EXCLUSIONS}`).question
    expect(keptExclusions(exclusions, 2)).toEqual([
      { event: 'x', filters: [], from_step: 1, to_step: null },
      { event: 'y', filters: [], from_step: 1, to_step: null },
    ])
    expect(keptExclusions(exclusions, 3)).toEqual(exclusions)
  })
})
