import { describe, expect, it } from 'vitest'
import { pathsQuery, readPaths, writePaths } from './paths.ts'

const read = (search: string) => readPaths(new URLSearchParams(search), { project: 'default' })

describe('a question of paths in an address', () => {
  it('follows pages unless it says otherwise', () => {
    expect(pathsQuery(read('').question)).toEqual({
      kind: 'paths',
      project: 'default',
      date_from: '-7d',
      filters: [],
      include_bots: false,
      include_sql: false,
      actor: 'person',
      items: [{ event: '$pageview', filters: [], named_by: { property: '$pathname' } }],
      groupings: [],
      exclude: [],
      steps: 5,
      edge_limit: 50,
      session_gap_minutes: 30,
    })
  })

  it('is read as it was written', () => {
    const search =
      'items=both&start=%2F&end=%2Fthanks&through=%2Fcart&grouping=%2Fuser%2F*&grouping=%2Fitem%2F*' +
      '&exclude=%2Flogin&steps=7&edge_limit=20&session_gap_minutes=60&include_bots=true' +
      '&project=shop&date_from=-30d'
    const { question, ignored } = read(search)
    expect(ignored).toEqual([])
    expect(writePaths(question).toString()).toBe(search)
    expect(pathsQuery(question)).toMatchObject({
      start: '/',
      end: '/thanks',
      through: '/cart',
      groupings: ['/user/*', '/item/*'],
      exclude: ['/login'],
    })
  })

  it('names what it does not understand', () => {
    expect(read('items=videos&steps=0&start=').ignored).toEqual([
      'items=videos',
      'start=',
      'steps=0',
    ])
  })
})
