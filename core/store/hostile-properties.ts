/** One hostile `properties`: its JSON text, and what a store must do with it, given our settings. */
interface Hostile {
  name: string
  properties: string
  fate: 'stored' | 'refused'
  /** What comes back, where it is not what was sent. */
  stored?: unknown
}

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const manyKeys = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key ${i}`, i]))

/** What reached ClickHouse 26.7 in our measurements. Capture mends most of these before they get here. */
export const HOSTILE_PROPERTIES: readonly Hostile[] = [
  { name: 'duplicate key', properties: '{"a":1,"a":2}', fate: 'stored', stored: { a: 1 } },
  {
    name: 'dotted and nested key',
    properties: '{"a.b":1,"a":{"b":2}}',
    fate: 'stored',
    stored: { 'a%2Eb': 1, a: { b: 2 } },
  },
  { name: 'integer of 30 digits', properties: `{"n":${'9'.repeat(30)}}`, fate: 'refused' },
  { name: 'number beyond any double', properties: '{"n":1e400}', fate: 'refused' },
  { name: 'lone surrogate', properties: '{"s":"\\ud800"}', fate: 'refused' },
  { name: '2,000 levels', properties: nested(2_000), fate: 'refused' },
  { name: '100 levels', properties: nested(100), fate: 'stored' },
  { name: 'array for object', properties: '[1]', fate: 'refused' },
  { name: 'string for object', properties: '"text"', fate: 'refused' },
  { name: 'null for object', properties: 'null', fate: 'stored', stored: {} },
  { name: 'NUL in a string', properties: '{"s":"a\\u0000b"}', fate: 'stored' },
  { name: 'empty key', properties: '{"":1}', fate: 'stored' },
  { name: 'backtick and semicolon in a key', properties: '{"`; DROP":1}', fate: 'stored' },
  { name: 'quotes in a key', properties: '{"\\"\'":1}', fate: 'stored' },
  { name: 'prototype keys', properties: '{"constructor":1}', fate: 'stored' },
  { name: '10,000 keys', properties: JSON.stringify(manyKeys), fate: 'stored' },
  {
    name: 'mixed array',
    properties: '{"a":[1,"x",true,{"b":2},[3]]}',
    fate: 'stored',
  },
  {
    name: 'times as text',
    properties: '{"d":"2026-01-01","t":"2026-01-01T10:00Z"}',
    fate: 'stored',
  },
  { name: 'null value', properties: '{"a":null,"b":1}', fate: 'stored', stored: { b: 1 } },
]
