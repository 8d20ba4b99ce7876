import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from '../local/config.ts'
import { readRules } from '../prometheus/expressions.ts'
import { readOptions } from './kafka-partitions.ts'

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const TEXT = read('docs/RUNBOOKS.md')
const SECTIONS = TEXT.split(/^## /m).slice(1)
const titleOf = (section: string) => section.split('\n')[0] ?? ''
const anchorOf = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')

/** One of many regions', and what programs on the operator's own machine are told. */
const ELSEWHERE = ['BRIDGE_SECRET_EU', 'QUERY_URL', 'QUERY_CREDENTIAL']

describe('the runbooks', () => {
  it('name in the section of an alert the alert itself', () => {
    for (const { alert, annotations } of readRules()) {
      const anchor = annotations.runbook.split('#')[1]
      const section = SECTIONS.find((text) => anchorOf(titleOf(text)) === anchor)
      expect(section?.includes(`\`${alert}\``), `${alert} in #${anchor}`).toBe(true)
    }
  })

  it('say of what one sees why it is so, what to do, and when it has worked', () => {
    const seen = SECTIONS.filter((section) => section.includes('**See.**'))
    expect(seen.length).toBeGreaterThan(10)
    for (const section of seen) {
      for (const part of [/\*\*Why/, /\*\*Do\b/, /\*\*Worked when\*\*/]) {
        expect(section, titleOf(section)).toMatch(part)
      }
    }
  })

  it('link to sections that exist', () => {
    const anchors = SECTIONS.map((section) => anchorOf(titleOf(section)))
    const links = [...TEXT.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor)
    expect(links.length).toBeGreaterThan(8)
    for (const anchor of links) expect(anchors).toContain(anchor)
  })

  it('name only services that the containers have', () => {
    const { services } = parse(read('infra/docker-compose.yml'), { merge: true }) as {
      services: Record<string, unknown>
    }
    const calls = TEXT.matchAll(
      /docker compose -f infra\/docker-compose\.yml (?:stop|start|restart|logs|exec|up -d|run(?: --[\w-]+)*) ([a-z-]+)/g,
    )
    const named = [...calls].map(([, name = '']) => name)
    expect(named.length).toBeGreaterThan(8)
    for (const name of named) expect(Object.keys(services)).toContain(name)
    expect(TEXT).not.toContain('docker-compose ')
  })

  it('give kafka-partitions lines that it understands', () => {
    const lines = [...TEXT.matchAll(/npm run kafka-partitions -- (--[\w -]+?)(?=\s{2,}|`|\n)/g)]
    expect(lines.length).toBeGreaterThan(4)
    for (const [, line = ''] of lines) {
      expect(() => readOptions(line.trim().split(' '), {})).not.toThrow()
    }
  })

  it('name variables that there are', () => {
    const known = read('infra/env/full.env') + read('edge/config.ts') + read('edge/regions.ts')
    const variables = TEXT.match(/\b(?:HEALTH|LOG|CONSUMER|KAFKA|QUERY|BACKLOG|BRIDGE)_[A-Z_]+\b/g)
    for (const name of variables ?? []) {
      expect(known.includes(name) || ELSEWHERE.includes(name), name).toBe(true)
    }
  })
})
