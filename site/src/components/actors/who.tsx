import type { InsightInput } from '@headwater/schemas/insights/insight'
import { useState } from 'react'
import { formatNumber } from '../../lib/format.ts'
import type { Site } from '../../lib/site.ts'
import { ActorsDialog } from './actors-dialog.tsx'

interface Props {
  count: number
  site: Site
  /** The question whose number it is. */
  query: InsightInput
  /** What points at the number; its fields are those of the query's kind. */
  select: Record<string, unknown>
  /** Whose number it is, in words: `Dropped after step 2`. */
  title: string
  /** What is written. @default the count */
  words?: string
}

/** A number that names who is behind it when it is clicked; nobody is behind 0. */
export function Who({ count, words = formatNumber(count), ...asked }: Props) {
  const [open, setOpen] = useState(false)
  if (count === 0) return words
  return (
    <>
      <button type="button" className="who" onClick={() => setOpen(true)}>
        {words}
        <span className="visually-hidden"> Who: {asked.title}</span>
      </button>
      {open && <ActorsDialog {...asked} onClose={() => setOpen(false)} />}
    </>
  )
}
