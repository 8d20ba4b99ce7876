import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { COMPANIONS, DIALECTS } from '../../edge/dialects/dialects.ts'
import { CAPTURE_STATUS } from '../../edge/errors.ts'
import { DROP_REASONS } from '../event.ts'

interface Document {
  openapi: string
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>
  components: {
    schemas: {
      DroppedEvent: { properties: { reason: { enum: string[] } } }
      Error: { properties: { error: { properties: { code: { enum: string[] } } } } }
    }
    [section: string]: unknown
  }
}

const text = readFileSync(join(import.meta.dirname, '../openapi/capture.yaml'), 'utf8')
const document = parse(text, { merge: true }) as Document
const routes = readFileSync(join(import.meta.dirname, '../../edge/routes.ts'), 'utf8')

it('documents every path and method of the edge, and no other', () => {
  const others = [...routes.matchAll(/router\.get\('([^']+)'/g)].map(([, path]) => `get ${path}`)
  const capture = DIALECTS.flatMap(({ gets, posts }) => [
    ...gets.map((path) => `get ${path}`),
    ...posts.map((path) => `post ${path}`),
  ])
  const companions = COMPANIONS.map(({ method, path }) => `${method.toLowerCase()} ${path}`)
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  expect(others.length).toBeGreaterThan(2)
  expect(documented.sort()).toEqual([...capture, ...companions, ...others].sort())
})

it('documents every drop reason and every error code, and no other', () => {
  const { DroppedEvent, Error: ErrorSchema } = document.components.schemas
  expect([...DroppedEvent.properties.reason.enum].sort()).toEqual(Object.keys(DROP_REASONS).sort())
  expect([...ErrorSchema.properties.error.properties.code.enum].sort()).toEqual(
    Object.keys(CAPTURE_STATUS).sort(),
  )
})

it('documents every status that a capture path can answer', () => {
  const statuses = new Set<string>(['200', ...Object.values(CAPTURE_STATUS).map(String)])
  // These two belong to the path and the method, not to an operation.
  statuses.delete('404')
  statuses.delete('405')
  const documented = Object.keys(document.paths['/capture']?.post?.responses ?? {})
  expect(documented.sort()).toEqual([...statuses].sort())
})

it('refers only to what it defines', () => {
  const references = [...text.matchAll(/\$ref: '#\/([^']+)'/g)].map(([, path = '']) =>
    path.split('/'),
  )
  expect(references.length).toBeGreaterThan(10)
  for (const path of references) {
    const target = path.reduce<unknown>(
      (node, key) => (node as Record<string, unknown> | undefined)?.[key],
      document,
    )
    expect(target, path.join('/')).toBeDefined()
  }
})
