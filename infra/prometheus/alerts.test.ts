import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../local/config.ts'
import { allExpressions, figuresIn, readRules } from './expressions.ts'

const FUNCTIONS =
  /^(sum|min|max|count|rate|increase|deriv|histogram_quantile|vector|by|and|or|unless)$/

describe('the alerts', () => {
  const rules = readRules()
  const anchors = headings().map(anchorOf)

  it('have a name of their own, a severity, words and a runbook that exists', () => {
    expect(rules.length).toBeGreaterThan(10)
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
    for (const { alert, labels, annotations, for: lasting = '0s' } of rules) {
      expect(['page', 'ticket'], alert).toContain(labels.severity)
      expect(lasting, alert).toMatch(/^\d+[smh]$/)
      expect(annotations.summary.length, alert).toBeGreaterThan(15)
      const [file, anchor = ''] = annotations.runbook.split('#')
      expect(file, alert).toBe('docs/RUNBOOKS.md')
      expect(anchors, alert).toContain(anchor)
    }
  })

  it('use in their words only the labels that their figures keep', () => {
    for (const { alert, expr, annotations } of rules) {
      const words = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label)
      const isWhole = !/\b(sum|min|max|count)\b/.test(expr)
      const kept = isWhole ? ['job', 'instance'] : listIn(expr)
      for (const word of words) expect(kept, alert).toContain(word)
    }
  })
})

describe('every expression of the alerts and the dashboard', () => {
  it.each(allExpressions())('can be read: %s', (expr) => {
    const plain = expr.replace(/"(?:[^"\\]|\\.)*"/g, '""')
    expect(plain).toMatch(/^[\w\s(){}[\],.=!~<>:"$+*/-]+$/)
    for (const [open, close] of ['()', '{}', '[]'].map((pair) => [...pair])) {
      expect(plain.split(open ?? '').length).toBe(plain.split(close ?? '').length)
    }
    for (const [, name = ''] of plain.matchAll(/(\w+)\s*\(/g)) expect(name).toMatch(FUNCTIONS)
    // A range is a time, and only what grows or changes has one.
    for (const [, range = ''] of plain.matchAll(/\[([^\]]*)\]/g)) {
      expect(range).toMatch(/^(\d+[smhd]|\$__rate_interval)$/)
    }
    expect(figuresIn(expr).length).toBeGreaterThan(0)
    for (const { metric } of figuresIn(expr)) {
      if (/_total$|_bucket$/.test(metric)) {
        const ranged = new RegExp(`(rate|increase)\\(${metric}(\\{[^}]*\\})?\\[`)
        expect(plain.replace(/""/g, '"x"'), `${metric} only grows`).toMatch(ranged)
      }
    }
  })
})

it('finds figures and their labels', () => {
  const expr = 'sum by (le, b) (rate(a_bucket{c=~"x{y}", d!=""}[5m])) > 1e6 and max(e) > 0.5'
  expect(figuresIn(expr)).toEqual([
    { metric: 'a_bucket', labels: ['c', 'd', 'le', 'b'] },
    { metric: 'e', labels: ['le', 'b'] },
  ])
})

function headings(): string[] {
  const text = readFileSync(join(ROOT, 'docs/RUNBOOKS.md'), 'utf8')
  return [...text.matchAll(/^##+ (.+)$/gm)].map(([, heading = '']) => heading)
}

// As GitHub makes them.
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')

const listIn = (expr: string): string[] =>
  [...expr.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(',').map((name) => name.trim()),
  )
