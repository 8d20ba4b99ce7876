import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from '../local/config.ts'
import { readDashboard } from '../prometheus/expressions.ts'

const FLOW = ['Capture', 'Buffer', 'Bridge', 'Log', 'Consumer', 'Store', 'Query', 'Auth']
const WIDTH = 24

const { panels, templating } = readDashboard()

it('shows the stages in the order of the flow', () => {
  const rows = panels.filter(({ type }) => type === 'row').map(({ title }) => title)
  expect(rows).toEqual(['Now', ...FLOW.map((stage, i) => (i < 7 ? `${i + 1} ${stage}` : stage))])
})

it('has panels with an id of their own, words, and a place that is free', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const taken = new Set<string>()
  for (const { type, title, description = '', gridPos, targets = [] } of panels) {
    expect(title.length).toBeGreaterThan(2)
    if (type !== 'row') {
      expect(description.length, title).toBeGreaterThan(10)
      expect(targets.length, title).toBeGreaterThan(0)
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length)
    }
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(WIDTH)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken.has(`${x},${y}`), title).toBe(false)
        taken.add(`${x},${y}`)
      }
    }
  }
})

it('asks the data source that is chosen above it', () => {
  const [variable] = templating.list
  expect(variable).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' })
  for (const { type, title, datasource, targets = [] } of panels) {
    if (type === 'row') continue
    const uids = [datasource, ...targets.map((target) => target.datasource)].map((of) => of?.uid)
    for (const uid of uids) expect(uid, title).toMatch(/^\$\{datasource\}$/)
  }
})

it('is provisioned with its data source', () => {
  const read = (path: string) =>
    parse(readFileSync(join(ROOT, 'infra/grafana/provisioning', path), 'utf8'))
  expect(read('datasources/prometheus.yml').datasources).toMatchObject([
    { type: 'prometheus', isDefault: true },
  ])
  expect(read('dashboards/headwater.yml').providers).toMatchObject([
    { type: 'file', options: { path: expect.stringContaining('dashboards') } },
  ])
})
