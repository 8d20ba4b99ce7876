import { useState } from 'react'
import { formatNumber } from '../../lib/format.ts'
import { ActorsDialog, type AskedActors } from './actors-dialog.tsx'

interface Props extends AskedActors {
  count: number
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
