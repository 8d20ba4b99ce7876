import { describe, expect, it } from 'vitest'
import {
  definitionsPath,
  matchingText,
  readDefinitions,
  writeDefinitions,
} from './definitions-question.ts'

const DEFAULTS = { project: 'default' }
const read = (search: string) => readDefinitions(new URLSearchParams(search), DEFAULTS)

describe('definitions in an address', () => {
  it('are those of events that are not hidden unless it says more', () => {
    expect(read('').question).toEqual({
      ...{ project: 'default', kind: 'events', event: '', search: '', include_hidden: false },
    })
    expect(definitionsPath(read('').question)).toBe(
      '/api/definitions/events?project=default&include_hidden=false',
    )
  })

  it('are read as they were written', () => {
    const question = {
      ...{ project: 'shop', kind: 'properties' as const, event: '$pageview' },
      ...{ search: 'pl', include_hidden: true },
    }
    expect(readDefinitions(writeDefinitions(question), DEFAULTS)).toEqual({ question, ignored: [] })
    expect(definitionsPath(question)).toBe(
      '/api/definitions/properties?project=shop&include_hidden=true&event=%24pageview',
    )
  })

  it('name what is not understood', () => {
    expect(read('kind=people').ignored).toEqual(['kind=people'])
  })
})

describe('a search in definitions', () => {
  it('looks into names and descriptions, in any case', () => {
    const items = [{ name: 'Signup' }, { name: 'x', description: 'after SIGNUP' }, { name: 'y' }]
    expect(matchingText(items, 'signup').map(({ name }) => name)).toEqual(['Signup', 'x'])
    expect(matchingText(items, '')).toHaveLength(3)
  })
})
