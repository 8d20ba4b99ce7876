import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ROOT } from '../local/config.ts'

export interface Rule {
  alert: string
  expr: string
  for?: string
  labels: { severity: string }
  annotations: { summary: string; runbook: string }
}

export interface Panel {
  id: number
  type: string
  title: string
  description?: string
  datasource?: { uid: string }
  gridPos: { x: number; y: number; w: number; h: number }
  targets?: { refId: string; expr: string; datasource: { uid: string } }[]
}

export interface Dashboard {
  uid: string
  templating: { list: { name: string; type: string; query: string }[] }
  panels: Panel[]
}

export function readRules(): Rule[] {
  const file = parse(readFileSync(join(ROOT, 'infra/prometheus/alerts.yml'), 'utf8'))
  return (file as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules)
}

export function readDashboard(): Dashboard {
  const path = join(ROOT, 'infra/grafana/dashboards/headwater.json')
  return JSON.parse(readFileSync(path, 'utf8')) as Dashboard
}

/** Every expression that the dashboard and the alerts ask Prometheus. */
export function allExpressions(): string[] {
  const panels = readDashboard().panels.flatMap(({ targets = [] }) => targets)
  return [...readRules(), ...panels].map(({ expr }) => expr)
}

/** A figure that an expression is about, and the labels by which it chooses, sums or compares. */
export interface Figure {
  metric: string
  labels: string[]
}

const STRING = /"(?:[^"\\]|\\.)*"/g
const GROUPING = /\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g
const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset'])

/** The figures of an expression. The labels of `by (…)` count for all of them. */
export function figuresIn(expr: string): Figure[] {
  const plain = expr.replace(STRING, '""')
  const grouped = [...plain.matchAll(GROUPING)].flatMap(([, list = '']) => listOf(list))
  const selectors = plain
    .replace(GROUPING, ' ')
    .matchAll(/(?<![\w.$])([a-zA-Z_:][\w:]*)\s*(\(|\{[^}]*\})?/g)
  return [...selectors].flatMap(([, metric = '', after = '']) => {
    if (after === '(' || WORDS.has(metric)) return []
    const chosen = [...after.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label)
    return { metric, labels: [...new Set([...chosen, ...grouped])] }
  })
}

const listOf = (list: string): string[] => list.split(',').flatMap((name) => name.trim() || [])
