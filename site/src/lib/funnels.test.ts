import { InsightQuery } from '@headwater/schemas/insights/insight'
import { describe, expect, it } from 'vitest'
import { funnelsQuery, plainFunnel, readFunnels, settledFunnel, writeFunnels } from './funnels.ts'
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
    'actor=session',
    'view=correlation',
    'view=correlation&except=help&min_actors=3',
    'view=correlation&correlate=$browser&correlate=plan&actor=session',
    'actor=group:company',
    'breakdown=plan&attribution=last_touch',
    'breakdown=plan&attribution=2',
    'breakdowns=[{"type":"person","property":"plan"},{"property":"$country"}]',
    'breakdowns=[{"type":"group","group":"company","property":"size"}]',
    'breakdowns=[{"type":"session","property":"$channel_type"}]',
    'breakdowns=[{"cohorts":[{"cohort":"coh_7k2m9xqd"}]}]',
    'steps=[{"event":"a"},{"event":"b","optional":true},{"event":"c"}]',
  ])('is read as it was written, and is one that the contract accepts: %s', (more) => {
    const { question, ignored } = read(more.startsWith('steps') ? more : `${STEPS}&${more}`)
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
    const search =
      'order=random&view=pie&interval=fortnight&exclusions=[{"from_step":1}]&actor=group:&attribution=0' +
      '&breakdowns=[{"type":"pet","property":"name"}]'
    expect(read(search).ignored.toSorted()).toEqual([
      'actor=group:',
      'attribution=0',
      'breakdowns=[{"type":"pet","property":"name"}]',
      'exclusions=[{"from_step":1}]',
      'interval=fortnight',
      'order=random',
      'view=pie',
    ])
  })

  it('moves exclusions to the steps that are left', () => {
    const { question } = read(`${STEPS}&${EXCLUSIONS}`)
    expect(settledFunnel({ ...question, steps: question.steps.slice(1) }).exclusions).toEqual([
      { event: 'x', filters: [], from_step: 1, to_step: null },
      { event: 'y', filters: [], from_step: 1, to_step: null },
    ])
    expect(settledFunnel(question)).toEqual(question)
  })

  it('keeps no step optional that may not be, and no value of a step that is gone', () => {
    const optional = 'steps=[{"event":"a"},{"event":"b","optional":true},{"event":"c"}]'
    const { question } = read(`${optional}&${EXCLUSIONS}&attribution=3&breakdown=plan`)
    expect(settledFunnel(question).exclusions.map(({ from_step }) => from_step)).toEqual([1, 1])
    const [, ...steps] = question.steps
    const shorter = settledFunnel({ ...question, steps })
    expect(shorter.steps.some((step) => step.optional)).toBe(false)
    expect(shorter.attribution).toEqual({ step: 1 })
    expect(settledFunnel({ ...question, order: 'any' })).toMatchObject({
      steps: [{ event: 'a' }, { event: 'b', filters: [] }, { event: 'c' }],
      attribution: { step: 1 },
    })
    expect(settledFunnel(question).steps[1]?.optional).toBe(true)
  })
})
