import { useSearch } from '../../lib/address.ts'
import { readLetters } from '../../lib/letters.ts'
import { savedSearch } from '../../lib/saved-address.ts'
import { useSite } from '../../lib/site.ts'
import { SavedFrame } from '../saved/saved-frame.tsx'
import { LetterList } from './letter-list.tsx'
import { LetterOne } from './letter-one.tsx'

/** Records that could not become rows, or one of them. */
export function LettersPage() {
  const site = useSite()
  const [search] = useSearch()
  const state = site && readLetters(search, site.defaults)
  if (!site || !state) return null
  const { project, id, ignored } = state
  const frame = { site, project, ignored }
  if (id === null) {
    return (
      <SavedFrame title="Dead letters" {...frame}>
        <LetterList site={site} project={project} />
      </SavedFrame>
    )
  }
  const back = { href: `/dead-letters?${savedSearch(project)}`, name: 'Dead letters' }
  return (
    <SavedFrame title={`Dead letter ${id}`} back={back} {...frame}>
      <LetterOne key={id} site={site} project={project} id={id} />
    </SavedFrame>
  )
}
