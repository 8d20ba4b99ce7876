import { useContext, useState } from 'react'
import {
  type BreakdownQuestion,
  isByCohorts,
  MAX_BINS,
  MAX_BREAKDOWNS,
  OWNERS,
  type Owner,
  type PropertyBreakdown,
  SESSION_PROPERTIES,
} from '../lib/breakdowns.ts'
import { isKeyOf } from '../lib/choices.ts'
import type { Site } from '../lib/site.ts'
import { Choice, optionsOf, PickOrType, TextField } from './choice.tsx'
import { CohortPicker } from './cohort-picker.tsx'
import { PropertyOptions } from './property-options.ts'

interface Props {
  site: Site
  project: string
  breakdowns: BreakdownQuestion[]
  /** Whether numbers can be put into ranges. @default false */
  withBins?: boolean
  onChange(breakdowns: BreakdownQuestion[]): void
}

/** By what a result is split: nothing at first, properties of whomever, or cohorts. */
export function BreakdownsEditor({ breakdowns, onChange, ...row }: Props) {
  const [adding, setAdding] = useState(false)
  const isWhole = breakdowns.some(isByCohorts)
  const rows: (BreakdownQuestion | null)[] = [...breakdowns]
  if (rows.length === 0 || adding) rows.push(null)
  const change = (place: number, next: BreakdownQuestion | null) => {
    setAdding(false)
    if (next && isByCohorts(next)) onChange([next])
    else if (next) onChange(breakdowns.toSpliced(place, 1, next))
    else onChange(breakdowns.toSpliced(place, 1))
  }
  return (
    <div className="breakdowns">
      {rows.map((breakdown, i) => (
        <BreakdownRow
          // Another breakdown begins anew; what is typed for one that changes is kept.
          // biome-ignore lint/suspicious/noArrayIndexKey: a breakdown has no identity but its place.
          key={`${rows.length} ${i}`}
          {...row}
          label={i === 0 ? 'Breakdown' : `Breakdown ${i + 1}`}
          breakdown={breakdown}
          onChange={(next) => change(i, next)}
        />
      ))}
      {breakdowns.length > 0 && rows.length < MAX_BREAKDOWNS && !isWhole && !adding && (
        <button type="button" className="quiet" onClick={() => setAdding(true)}>
          + Add breakdown
        </button>
      )}
    </div>
  )
}

interface RowProps extends Omit<Props, 'breakdowns' | 'onChange'> {
  label: string
  breakdown: BreakdownQuestion | null
  onChange(breakdown: BreakdownQuestion | null): void
}

// No name of a property begins so.
const OF = '\u0000'
type Special = Exclude<Owner, 'event'> | 'cohorts'
const SPECIAL: Record<Special, string> = { ...OWNERS, cohorts: 'Cohorts …' }

function BreakdownRow({ site, project, label, breakdown, withBins, onChange }: RowProps) {
  const properties = useContext(PropertyOptions)
  /** Chosen, but not finished. */
  const [begun, setBegun] = useState<Special | null>(null)
  const special = begun ?? specialOf(breakdown)
  const property = breakdown && !isByCohorts(breakdown) ? breakdown : null
  return (
    <>
      <PickOrType
        label={label}
        value={special ? OF + special : (property?.property ?? '')}
        options={[
          ['', 'None'],
          ...properties,
          ...optionsOf(SPECIAL).map(([key, words]) => [OF + key, words] as const),
        ]}
        other="Another property …"
        onChange={(key) => {
          const chosen = key.startsWith(OF) ? key.slice(OF.length) : null
          setBegun(isKeyOf(SPECIAL, chosen) ? chosen : null)
          if (chosen === null) onChange(key === '' ? null : { property: key })
        }}
      />
      {(special === 'person' || special === 'session' || special === 'group') && (
        <OwnedProperty
          key={special}
          owner={special}
          label={label}
          value={property?.type === special ? property : null}
          onChange={(next) => {
            setBegun(null)
            onChange(next)
          }}
        />
      )}
      {special === 'cohorts' && (
        <CohortPicker
          site={site}
          project={project}
          cohorts={breakdown && isByCohorts(breakdown) ? breakdown.cohorts : []}
          onChange={(cohorts) => {
            setBegun(cohorts.length > 0 ? null : 'cohorts')
            if (cohorts.length > 0 || breakdown) onChange(cohorts.length > 0 ? { cohorts } : null)
          }}
        />
      )}
      {withBins && property && begun === null && (
        <TextField
          label={`Ranges of ${label.toLowerCase()}`}
          type="number"
          placeholder="none"
          value={property.bins === undefined ? '' : String(property.bins)}
          onCommit={(text) => onChange(withRanges(property, text))}
        />
      )}
    </>
  )
}

interface OwnedProps {
  owner: Exclude<Owner, 'event'>
  /** Of its breakdown. */
  label: string
  value: PropertyBreakdown | null
  onChange(breakdown: PropertyBreakdown): void
}

/** A property of somebody else than the event; it is asked once it is named. */
function OwnedProperty({ owner, label, value, onChange }: OwnedProps) {
  const [group, setGroup] = useState(value?.group ?? '')
  const [property, setProperty] = useState(value?.property ?? '')
  const of = label === 'Breakdown' ? '' : ` (${label.toLowerCase()})`
  if (owner === 'session') {
    return (
      <Choice
        label={`Property of the session${of}`}
        value={property}
        options={[
          ...(value ? [] : ([['', 'Choose one']] as const)),
          ...optionsOf(SESSION_PROPERTIES),
        ]}
        onChange={(next) => {
          setProperty(next)
          if (next) onChange({ type: owner, property: next })
        }}
      />
    )
  }
  const finish = (change: { group?: string; property?: string }) => {
    const next = { group, property, ...change }
    setGroup(next.group)
    setProperty(next.property)
    if (next.property === '' || (owner === 'group' && next.group === '')) return
    onChange({
      type: owner,
      ...(owner === 'group' && { group: next.group }),
      property: next.property,
    })
  }
  return (
    <>
      {owner === 'group' && (
        <TextField
          label={`Type of group${of}`}
          placeholder="company"
          value={group}
          onCommit={(text) => finish({ group: text })}
        />
      )}
      <TextField
        label={`Property of the ${owner}${of}`}
        placeholder={owner === 'group' ? 'size' : 'plan'}
        value={property}
        onCommit={(text) => finish({ property: text })}
      />
    </>
  )
}

function specialOf(breakdown: BreakdownQuestion | null): Special | null {
  if (!breakdown) return null
  if (isByCohorts(breakdown)) return 'cohorts'
  const { type = 'event' } = breakdown
  return type === 'event' ? null : type
}

function withRanges({ bins: _, ...property }: PropertyBreakdown, text: string): PropertyBreakdown {
  const bins = Math.round(Number(text))
  return bins >= 2 ? { ...property, bins: Math.min(bins, MAX_BINS) } : property
}
