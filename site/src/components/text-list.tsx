import { useState } from 'react'
import { TextField } from './choice.tsx'

interface Props {
  label: string
  /** What one of them is called. */
  one: string
  /** Shown in an empty field. */
  example: string
  texts: string[]
  onChange(texts: string[]): void
}

/** Any number of short texts, none twice. */
export function TextList({ label, one, example, texts, onChange }: Props) {
  const [adding, setAdding] = useState(false)
  const change = (i: number, changed: string) =>
    onChange([...new Set(changed === '' ? texts.toSpliced(i, 1) : texts.with(i, changed))])
  return (
    <fieldset className="filters">
      <legend>{label}</legend>
      {texts.map((text, i) => (
        <div className="filter" key={text}>
          <TextField
            label={`${one} ${i + 1}`}
            hideLabel
            value={text}
            onCommit={(changed) => change(i, changed)}
          />
          <button type="button" className="icon" onClick={() => onChange(texts.toSpliced(i, 1))}>
            <span aria-hidden="true">×</span>
            <span className="visually-hidden">Remove {text}</span>
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
            placeholder={example}
            onCommit={(added) => {
              setAdding(false)
              if (added !== '') onChange([...new Set([...texts, added])])
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
