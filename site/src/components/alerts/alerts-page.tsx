import { useSearch } from '../../lib/address.ts'
import { readSaved, savedSearch } from '../../lib/saved-address.ts'
import { useSite } from '../../lib/site.ts'
import { SavedFrame } from '../saved/saved-frame.tsx'
import { NoticeList } from './notice-list.tsx'
import { NoticeOne } from './notice-one.tsx'

/** Alerts and subscriptions, or one of them. */
export function AlertsPage() {
  const site = useSite()
  const [search, push] = useSearch()
  const state = site && readSaved(search, site.defaults)
  if (!site || !state) return null
  const { project, id, ignored } = state
  const place = { site, project }
  if (id !== null) {
    return (
      <NoticeOne
        key={id}
        {...place}
        noun={id.startsWith('sub_') ? 'subscription' : 'alert'}
        id={id}
        onGone={() => push(savedSearch(project))}
      />
    )
  }
  return (
    <SavedFrame title="Alerts" {...place} ignored={ignored}>
      <NoticeList noun="alert" {...place} onOpen={(one) => push(savedSearch(project, one))} />
      <NoticeList
        noun="subscription"
        {...place}
        onOpen={(one) => push(savedSearch(project, one))}
      />
    </SavedFrame>
  )
}
