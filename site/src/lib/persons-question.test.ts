import { describe, expect, it } from 'vitest'
import { personsPath, readPerson, readPersons, writePersons } from './persons-question.ts'

const DEFAULTS = { project: 'default' }
const read = (search: string) => readPersons(new URLSearchParams(search), DEFAULTS)

describe('the list of persons in an address', () => {
  it('is of everybody unless it says more', () => {
    expect(read('')).toEqual({
      question: { project: 'default', search: '', distinct_id: '', filters: [] },
      ignored: [],
    })
  })

  it('is read as it was written', () => {
    const question = {
      project: 'shop',
      search: 'ann & bob',
      distinct_id: 'ann',
      filters: [{ property: 'plan', operator: 'is' as const, value: 'pro' }],
    }
    expect(readPersons(writePersons(question), DEFAULTS).question).toEqual(question)
  })

  it('names what it does not understand', () => {
    expect(read('filters=[]]&project=No').ignored).toEqual(['project=No', 'filters=[]]'])
  })

  it('asks for properties of persons, not of events', () => {
    const { question } = read('filters=[{"property":"plan","value":"pro"}]&search=ann')
    const asked = new URLSearchParams(personsPath(question, 50, '7.8').split('?')[1])
    expect(Object.fromEntries(asked)).toEqual({
      project: 'default',
      search: 'ann',
      filters: '[{"property":"plan","operator":"is","value":"pro","type":"person"}]',
      limit: '50',
      after: '7.8',
    })
  })
})

describe('the person in an address', () => {
  it('is told by its number', () => {
    expect(readPerson(new URLSearchParams('id=10487338103938245921'), DEFAULTS).question).toEqual({
      project: 'default',
      id: '10487338103938245921',
    })
  })

  it.each(['', 'ann', '-1', '1'.repeat(21)])('is nobody by %j', (id) => {
    expect(readPerson(new URLSearchParams({ id }), DEFAULTS).question.id).toBeNull()
  })
})
