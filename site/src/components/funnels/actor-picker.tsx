import type { Actor } from '@headwater/schemas/insights/question'
import { useState } from 'react'
import { ACTORS, actorKind } from '../../lib/funnels.ts'
import { Choice, optionsOf, TextField } from '../choice.tsx'

interface Props {
  actor: Actor
  onChange(actor: Actor): void
}

/** Whom a funnel counts; of groups, those of one type. */
export function ActorPicker({ actor, onChange }: Props) {
  /** Whether groups are chosen whose type is not yet. */
  const [begun, setBegun] = useState(false)
  const kind = begun ? 'group' : actorKind(actor)
  return (
    <>
      <Choice
        label="Counted"
        value={kind}
        options={optionsOf(ACTORS)}
        onChange={(next) => {
          setBegun(next === 'group')
          if (next !== 'group') onChange(next)
        }}
      />
      {kind === 'group' && (
        <TextField
          label="Type of group counted"
          placeholder="company"
          value={typeof actor === 'object' ? actor.group : ''}
          onCommit={(group) => {
            if (group === '') return
            setBegun(false)
            onChange({ group })
          }}
        />
      )}
    </>
  )
}
