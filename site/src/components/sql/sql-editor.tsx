import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react'
import {
  type Completion,
  completed,
  completionsFor,
  type Typed,
  typedAt,
} from '../../lib/sql-completion.ts'

interface Props {
  sql: string
  /** All that can be completed. */
  completions: readonly Completion[]
  onChange(sql: string): void
  onRun(): void
}

interface Offer {
  typed: Typed
  found: Completion[]
  /** Which one the arrows are on; -1 for none, so that Enter still ends a line. */
  active: number
}

const NONE = -1
const MIN_ROWS = 6
const MAX_ROWS = 24

/** A text field for a statement that offers columns, words and functions while one types. */
export function SqlEditor({ sql, completions, onChange, onRun }: Props) {
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const caretAfter = useRef<number | null>(null)
  const [offer, setOffer] = useState<Offer | null>(null)

  // A text that is set from outside moves the caret to its end.
  useLayoutEffect(() => {
    if (caretAfter.current === null) return
    field.current?.setSelectionRange(caretAfter.current, caretAfter.current)
    caretAfter.current = null
  })

  const write = (text: string, caret: number) => {
    onChange(text)
    const typed = typedAt(text, caret)
    const found = typed ? completionsFor(typed.word, completions) : []
    setOffer(typed && found.length > 0 ? { typed, found, active: NONE } : null)
  }
  const take = (completion: Completion | undefined) => {
    if (!offer || !completion) return
    const next = completed(sql, offer.typed, completion)
    caretAfter.current = next.caret
    onChange(next.sql)
    setOffer(null)
    field.current?.focus()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      setOffer(null)
      return onRun()
    }
    if (!offer) return
    const { found, active } = offer
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) setOffer({ ...offer, active: (active + step + found.length) % found.length })
    else if (event.key === 'Escape') setOffer(null)
    else if (event.key === 'Tab') take(found[Math.max(0, active)])
    else if (event.key === 'Enter' && active !== NONE) take(found[active])
    else return
    event.preventDefault()
  }

  const rows = Math.min(MAX_ROWS, Math.max(MIN_ROWS, sql.split('\n').length + 1))
  return (
    <div className="sql-editor">
      <label htmlFor={id}>Statement</label>
      <div className="sql-place">
        <textarea
          ref={field}
          id={id}
          value={sql}
          rows={rows}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          placeholder="SELECT event, count() FROM events GROUP BY event"
          aria-autocomplete="list"
          aria-controls={offer ? `${id}-offer` : undefined}
          aria-activedescendant={
            offer && offer.active !== NONE ? `${id}-${offer.active}` : undefined
          }
          onChange={({ target }) => write(target.value, target.selectionStart)}
          onKeyDown={press}
          onBlur={() => setOffer(null)}
          onClick={() => setOffer(null)}
        />
        {offer && (
          <div
            id={`${id}-offer`}
            className="sql-offer"
            role="listbox"
            aria-label="Completions"
            style={placeOf(sql, offer.typed.start, field.current)}
          >
            {offer.found.map((completion, i) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the text field keeps the focus.
              // biome-ignore lint/a11y/useKeyWithClickEvents: the text field takes the keys.
              <div
                key={completion.text}
                id={`${id}-${i}`}
                role="option"
                aria-selected={i === offer.active}
                // Before the field would lose the focus.
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => take(completion)}
              >
                <code>{completion.text}</code> <span>{completion.kind}</span>
              </div>
            ))}
          </div>
        )}
      </div>
      <p className="visually-hidden" role="status">
        {offer && `${offer.found.length} completions: Tab takes the first, arrows choose`}
      </p>
    </div>
  )
}

/** Below the word: letters of one width, and lines that are not wrapped, make its place countable. */
function placeOf(sql: string, start: number, field: HTMLTextAreaElement | null) {
  const before = sql.slice(0, start).split('\n')
  const column = before.at(-1)?.length ?? 0
  return {
    top: `calc(${before.length} * 1.5em + 12px - ${field?.scrollTop ?? 0}px)`,
    left: `min(calc(${column}ch + 8px - ${field?.scrollLeft ?? 0}px), calc(100% - 240px))`,
  }
}
