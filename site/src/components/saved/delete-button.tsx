import { useState } from 'react'

interface Props {
  name: string
  busy: boolean
  onDelete(): void
}

/** Asks once more: the second press deletes. */
export function DeleteButton({ name, busy, onDelete }: Props) {
  const [asked, setAsked] = useState(false)
  if (!asked) {
    return (
      <button type="button" disabled={busy} onClick={() => setAsked(true)}>
        Delete<span className="visually-hidden"> {name}</span>
      </button>
    )
  }
  return (
    <>
      <button type="button" className="danger" disabled={busy} onClick={onDelete}>
        Really delete<span className="visually-hidden"> {name}</span>
      </button>
      <button type="button" onClick={() => setAsked(false)}>
        Keep
      </button>
    </>
  )
}
