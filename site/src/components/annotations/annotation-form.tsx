import type { AnnotationBody, SavedAnnotation } from '@headwater/schemas/insights/annotation'
import { type FormEvent, useState } from 'react'
import { fromLocalField, toLocalField } from '../../lib/annotations.ts'
import { creation, replacement } from '../../lib/saved.ts'
import { useAction } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { Choice } from '../choice.tsx'
import { NotSaved } from '../saved/conflict.tsx'
import { Line, Lines } from '../saved/fields.tsx'

export type Scope = AnnotationBody['scope']

interface Props {
  site: Site
  project: string
  /** The one to change; a new one when it is left out. */
  annotation?: SavedAnnotation
  /** Where it can be shown, besides the whole project. */
  places: readonly (readonly [Scope, string])[]
  onDone(): void
}

/** Makes an annotation, or changes one. */
export function AnnotationForm({ site, project, annotation, places, onDone }: Props) {
  // As it was when the window opened: its version is the one that is changed.
  const [seen] = useState(annotation)
  const [start] = useState(() => toLocalField(seen?.time ?? new Date().toISOString()))
  const [time, setTime] = useState(start)
  const [text, setText] = useState(seen?.text ?? '')
  const [scope, setScope] = useState(JSON.stringify(seen?.scope ?? 'project'))
  const action = useAction()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const at = seen && time === start ? seen.time : fromLocalField(time)
    const body = { time: at, text, scope: JSON.parse(scope) }
    const call = seen
      ? replacement('annotation', project, seen, body)
      : creation('annotation', project, body)
    if (await action.run(async () => void (await site.client.call<SavedAnnotation>(call, 'id')))) {
      onDone()
    }
  }
  const all = [['project', 'Every chart of the project'] as const, ...places]
  return (
    <form className="form" onSubmit={save}>
      <Line
        label="Time"
        type="datetime-local"
        value={time}
        required
        hint="On the clock of this computer."
        onChange={setTime}
      />
      <Lines label="What happened" value={text} required maxLength={2_000} onChange={setText} />
      <Choice
        label="Shown on"
        value={scope}
        options={all.map(([value, words]) => [JSON.stringify(value), words] as const)}
        onChange={setScope}
      />
      <NotSaved error={action.error} onReload={onDone} />
      <div className="form-actions">
        <button type="submit" className="primary" disabled={action.busy}>
          Save
        </button>
      </div>
    </form>
  )
}
