import { useState } from 'react'
import { TextField } from '../choice.tsx'

interface Props {
  label: string
  /** What one of them is called. */
  one: string
  patterns: string[]
  onChange(patterns: string[]): void
}

/** Names of nodes in which `*` stands for any text. */
export function PatternList({ label, one, patterns, onChange }: Props) {
  const [adding, setAdding] = useState(false)
  const change = (i: number, text: string) =>
    onChange([...new Set(text === '' ? patterns.toSpliced(i, 1) : patterns.with(i, text))])
  return (
    <fieldset className="filters">
      <legend>{label}</legend>
      {patterns.map((pattern, i) => (
        <div className="filter" key={pattern}>
          <TextField
            label={`${one} ${i + 1}`}
            hideLabel
            value={pattern}
            onCommit={(text) => change(i, text)}
          />
          <button type="button" className="icon" onClick={() => onChange(patterns.toSpliced(i, 1))}>
            <span aria-hidden="true">×</span>
            <span className="visually-hidden">Remove {pattern}</span>
          </button>
        </div>
      ))}
      {adding ? (
        <div className="filter">
          <TextField
            label={`New ${one.toLowerCase()}`}
            hideLabel
            value=""
            focus
            placeholder="/user/*"
            onCommit={(text) => {
              setAdding(false)
              if (text !== '') onChange([...new Set([...patterns, text])])
            }}
          />
        </div>
      ) : (
        <button type="button" className="quiet" onClick={() => setAdding(true)}>
          + Add {one.toLowerCase()}
        </button>
      )}
    </fieldset>
  )
}
