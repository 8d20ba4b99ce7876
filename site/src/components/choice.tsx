import { type ReactNode, useId, useState } from 'react'

interface FieldProps {
  label: string
  /** The label is read out but not drawn, where the place makes it plain. */
  hideLabel?: boolean
}

interface ChoiceProps<T extends string> extends FieldProps {
  value: T
  options: readonly (readonly [T, string])[]
  onChange(value: T): void
}

/** One of a few. */
export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { label, hideLabel, value, options, onChange } = props
  const id = useId()
  return (
    <Field id={id} label={label} hideLabel={hideLabel}>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value as T)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  )
}

const TYPE_ONE = '\u0000type'

interface PickOrTypeProps extends FieldProps {
  value: string
  options: readonly (readonly [string, string])[]
  /** Text of the option that lets another name be typed. */
  other: string
  onChange(value: string): void
}

/** One of the known names, or any other, typed. */
export function PickOrType({ value, options, other, onChange, ...field }: PickOrTypeProps) {
  const [typing, setTyping] = useState(false)
  const known = options.some(([key]) => key === value)
  const all = known ? options : [...options, [value, value] as const]
  if (!typing) {
    return (
      <Choice
        {...field}
        value={value}
        options={[...all, [TYPE_ONE, other] as const]}
        onChange={(key) => (key === TYPE_ONE ? setTyping(true) : onChange(key))}
      />
    )
  }
  return (
    <TextField
      {...field}
      value=""
      focus
      placeholder="Type a name, then Enter"
      onCommit={(text) => {
        setTyping(false)
        if (text !== '') onChange(text)
      }}
    />
  )
}

interface TextFieldProps extends FieldProps {
  value: string
  focus?: boolean
  type?: 'text' | 'number' | 'date'
  placeholder?: string
  /** Called with the trimmed text when the field is left, or on Enter. */
  onCommit(text: string): void
}

/** Text that counts once it is finished, not on each key. */
export function TextField(props: TextFieldProps) {
  const { label, hideLabel, value, focus, type = 'text', placeholder, onCommit } = props
  const id = useId()
  const [draft, setDraft] = useState<string | null>(null)
  const commit = () => {
    if (draft === null && value === '' && focus) onCommit('')
    else if (draft !== null && draft.trim() !== value) onCommit(draft.trim())
    setDraft(null)
  }
  return (
    <Field id={id} label={label} hideLabel={hideLabel}>
      <input
        id={id}
        type={type}
        value={draft ?? value}
        placeholder={placeholder}
        maxLength={200}
        // biome-ignore lint/a11y/noAutofocus: it replaces the control that was just used.
        autoFocus={focus}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
    </Field>
  )
}

interface PlaceProps {
  id: string
  label: string
  hideLabel?: boolean | undefined
  children: ReactNode
}

function Field({ id, label, hideLabel, children }: PlaceProps) {
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : undefined}>
        {label}
      </label>
      {children}
    </div>
  )
}

/** The entries of a record of words, as options. */
export function optionsOf<T extends string>(words: Record<T, string>): [T, string][] {
  return Object.entries(words) as [T, string][]
}
