import type { Fields, IdentityEvent } from './identity-event.ts'
import { storedJson, type Types, unescapeDots } from './stored-json.ts'

/** One row of actor_properties: what an event says of one property of its person, or of a group. */
export interface PropertyFact {
  /** '' for persons. */
  group_type: string
  name: string
  owner: string
  /** `first` and `last` are the first and the last `$set_once`. */
  kind: 'set' | 'unset' | 'first' | 'last' | 'add'
  slot: string
  rank: string
  /** As JSON. */
  value: string
}

/** Longer names cannot be asked for. */
const MAX_NAME_LENGTH = 200
/** Longer values, as JSON, are not kept. */
const MAX_VALUE_LENGTH = 65_536
const RANK_BITS = 20n

/** Everything that an event says of properties; in no order that matters. */
export function factsOf(event: IdentityEvent): PropertyFact[] {
  return [...personFacts(event), ...groupFacts(event)].filter(
    ({ name, value }) =>
      name !== '' && name.length <= MAX_NAME_LENGTH && value.length <= MAX_VALUE_LENGTH,
  )
}

function personFacts(event: IdentityEvent): PropertyFact[] {
  if (event.personless !== 0) return []
  const facts = { group_type: '', owner: event.distinct_id, slot: '0', rank: rankOf(event) }
  return [
    ...valuesOf(event.set, event.set_types).map((named) => ({ ...facts, kind: SET, ...named })),
    ...valuesOf(event.once, event.once_types).flatMap((named) => [
      { ...facts, kind: FIRST, ...named },
      { ...facts, kind: LAST, ...named },
    ]),
    ...namesOf(event.unset).map((name) => ({ ...facts, kind: UNSET, name, value: '' })),
    ...additions(event).map((named) => ({ ...facts, kind: ADD, slot: slotOf(event), ...named })),
  ]
}

function groupFacts(event: IdentityEvent): PropertyFact[] {
  const { group_type, group_key: owner } = event
  if (event.event !== '$groupidentify' || group_type === '' || owner === '') return []
  const facts = { group_type, owner, slot: '0', rank: rankOf(event) }
  return valuesOf(event.group_set, event.group_set_types).map((named) => ({
    ...facts,
    kind: SET,
    ...named,
  }))
}

const [SET, UNSET, FIRST, LAST, ADD] = ['set', 'unset', 'first', 'last', 'add'] as const

/**
 * Grows with time; of two events in one millisecond the end of the uuid decides, which is random in
 * every version of them.
 */
export function rankOf({ at, uuid }: Pick<IdentityEvent, 'at' | 'uuid'>): string {
  return String((BigInt(at) << RANK_BITS) | BigInt(`0x${uuid.slice(-5)}`))
}

const slotOf = ({ uuid }: IdentityEvent): string =>
  String(BigInt(`0x${uuid.replaceAll('-', '').slice(16)}`))

interface Named {
  name: string
  value: string
}

function valuesOf(fields: Fields, types: Types): Named[] {
  return Object.entries(fields).map(([name, value]) => ({
    name: unescapeDots(name),
    value: storedJson(value, name, types),
  }))
}

function additions({ add, increment }: IdentityEvent): Named[] {
  const sums = new Map<string, number>()
  for (const [name, value] of [...Object.entries(add), ...Object.entries(increment)]) {
    const number = typeof value === 'object' || value === '' ? Number.NaN : Number(value)
    if (Number.isFinite(number)) sums.set(name, (sums.get(name) ?? 0) + number)
  }
  return [...sums].map(([name, sum]) => ({ name: unescapeDots(name), value: String(sum) }))
}

function namesOf(unset: unknown): string[] {
  const names = Array.isArray(unset) ? unset : [unset]
  return names.filter((name) => typeof name === 'string')
}
