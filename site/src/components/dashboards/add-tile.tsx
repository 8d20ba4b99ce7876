import type { SavedInsight } from '@headwater/schemas/insights/saved'
import { useState } from 'react'
import { KIND_WORDS, type Listed, listPath } from '../../lib/saved.ts'
import { useSaved } from '../../lib/saved-calls.ts'
import type { Site } from '../../lib/site.ts'
import { Choice } from '../choice.tsx'

interface Props {
  site: Site
  project: string
  onInsight(insight: SavedInsight): void
  onText(): void
}

/** Puts a saved insight, or a text, on a dashboard. */
export function AddTile({ site, project, onInsight, onText }: Props) {
  const [chosen, setChosen] = useState('')
  const live = useSaved<Listed<SavedInsight>>(site, listPath('insight', project), 'items')
  const items = live.data?.items ?? []
  const insight = items.find(({ id }) => id === chosen)
  return (
    <>
      <Choice
        label="Saved insight"
        value={chosen}
        options={[
          ['', items.length === 0 ? 'None is saved yet' : 'Choose one …'],
          ...items.map(
            ({ id, name, query }) => [id, `${name} (${KIND_WORDS[query.kind]})`] as const,
          ),
        ]}
        onChange={setChosen}
      />
      <button
        type="button"
        disabled={!insight}
        onClick={() => {
          if (insight) onInsight(insight)
          setChosen('')
        }}
      >
        Add insight
      </button>
      <button type="button" onClick={onText}>
        Add text
      </button>
    </>
  )
}
