import type { TileChange } from '../../lib/tile-layout.ts'

interface Props {
  name: string
  onChange(change: TileChange): void
  onRemove(): void
}

const TOOLS: [TileChange, string, string][] = [
  ['left', '←', 'Move left'],
  ['up', '↑', 'Move up'],
  ['down', '↓', 'Move down'],
  ['right', '→', 'Move right'],
  ['narrower', '⇤', 'Make narrower'],
  ['wider', '⇥', 'Make wider'],
  ['shorter', '⤒', 'Make shorter'],
  ['taller', '⤓', 'Make taller'],
]

/** What can be done to a tile while its dashboard is edited. */
export function TileTools({ name, onChange, onRemove }: Props) {
  return (
    <fieldset className="tile-tools">
      <legend className="visually-hidden">Place of {name}</legend>
      {TOOLS.map(([change, sign, words]) => (
        <button
          type="button"
          className="icon"
          key={change}
          title={words}
          onClick={() => onChange(change)}
        >
          <span aria-hidden="true">{sign}</span>
          <span className="visually-hidden">
            {words}: {name}
          </span>
        </button>
      ))}
      <button type="button" className="icon" title="Remove" onClick={onRemove}>
        <span aria-hidden="true">×</span>
        <span className="visually-hidden">Remove from the dashboard: {name}</span>
      </button>
    </fieldset>
  )
}
