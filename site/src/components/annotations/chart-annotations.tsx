import { useState } from 'react'
import { formatMoment } from '../../lib/format.ts'
import type { Site } from '../../lib/site.ts'
import type { PlacedAnnotation } from '../../plots/annotations.ts'
import { Dialog } from '../saved/dialog.tsx'
import { AnnotationForm, type Scope } from './annotation-form.tsx'

/** The annotations of a chart by the numbers that stand on it. */
export function AnnotationList({ annotations }: { annotations: readonly PlacedAnnotation[] }) {
  if (annotations.length === 0) return null
  return (
    <ol className="annotation-list" aria-label="Annotations">
      {annotations.map(({ id, number, at, text }) => (
        <li key={id}>
          <span className="annotation-number" aria-hidden="true">
            {number}
          </span>
          {/* A wall time is carried as if it were UTC. */}
          <time className="hint">{formatMoment(at.toISOString(), 'UTC')}</time> {text}
        </li>
      ))}
    </ol>
  )
}

interface Props {
  site: Site
  project: string
  places?: readonly (readonly [Scope, string])[]
  onAdded(): void
}

/** The button that makes an annotation beside a chart. */
export function AddAnnotation({ site, project, places = [], onAdded }: Props) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="quiet" onClick={() => setOpen(true)}>
        + Annotation
      </button>
      {open && (
        <Dialog title="New annotation" onClose={() => setOpen(false)}>
          <AnnotationForm
            site={site}
            project={project}
            places={places}
            onDone={() => {
              setOpen(false)
              onAdded()
            }}
          />
        </Dialog>
      )}
    </>
  )
}
