import {
  type AnnotationBody,
  annotationBody,
  annotationListParams,
  SavedAnnotation,
} from '@headwater/schemas/insights/annotation'
import type { Kind } from './kind.ts'
import { requireOne } from './references.ts'

/** A machine may write one with every deployment. */
const MAX_ANNOTATIONS = 50_000
/** What an annotation of the whole project refers to. */
const EVERYWHERE = 'project'

export const savedAnnotation: Kind<AnnotationBody> = {
  kind: 'annotation',
  path: '/api/annotations',
  fields: annotationBody,
  shown: SavedAnnotation,
  example: { time: '2026-06-01T12:00:00Z', text: 'Version 2 went out' },
  usedBy: [],
  max: MAX_ANNOTATIONS,

  async check({ scope }, writing) {
    if (scope === 'project') return
    if ('dashboard' in scope) {
      await requireOne('dashboard', scope.dashboard, 'scope.dashboard', writing)
    } else {
      await requireOne('insight', scope.insight, 'scope.insight', writing)
    }
  },

  // Sorted by their times: all of them are of the same length.
  index: ({ time, text, scope }) => ({
    name: text,
    search: text,
    sort: time,
    refs: [
      scope === 'project' ? EVERYWHERE : 'dashboard' in scope ? scope.dashboard : scope.insight,
    ],
  }),

  list: {
    params: annotationListParams,
    select({ from, to, scope }) {
      return {
        ...(typeof from === 'string' && { from: new Date(from).toISOString() }),
        ...(typeof to === 'string' && { to: new Date(to).toISOString() }),
        ...(typeof scope === 'string' && { refs: [scope] }),
      }
    },
  },
}
