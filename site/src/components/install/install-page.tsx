import { useState } from 'react'
import { useSearch } from '../../lib/address.ts'
import { GUIDES, type Guide, placeholderKey } from '../../lib/install-guides.ts'
import { guideNames, readInstall, writeInstall } from '../../lib/install-question.ts'
import { type Site, useSite } from '../../lib/site.ts'
import { useWriteKey } from '../../lib/use-write-key.ts'
import { Card } from '../card.tsx'
import { Choice, optionsOf, TextField } from '../choice.tsx'
import { SavedFrame } from '../saved/saved-frame.tsx'
import { Arrivals } from './arrivals.tsx'
import { CodeBlock } from './code-block.tsx'

/** How an application comes to send its events, and whether they arrive. */
export function InstallPage() {
  const site = useSite()
  const [search, push] = useSearch()
  if (!site) return null
  const { question, ignored } = readInstall(search, site.defaults)
  return (
    <SavedFrame title="Send events" site={site} project={question.project} ignored={ignored}>
      <div className="control-row">
        <Choice
          label="From"
          value={question.guide}
          options={optionsOf(guideNames())}
          onChange={(guide) => push(writeInstall({ ...question, guide }))}
        />
      </div>
      <Guidance
        // Another project has another key, and other events.
        key={question.project}
        site={site}
        project={question.project}
        guide={GUIDES[question.guide]}
      />
    </SavedFrame>
  )
}

function Guidance({ site, project, guide }: { site: Site; project: string; guide: Guide }) {
  const known = useWriteKey(site, project)
  const [typed, setTyped] = useState<string | null>(null)
  const writeKey = typed ?? known ?? placeholderKey(project)
  return (
    <div className="install-grid">
      <Card title={guide.name}>
        <div className="control-row">
          <TextField
            label="Write key"
            value={typed ?? known ?? ''}
            placeholder={placeholderKey(project)}
            onCommit={(text) => setTyped(text === '' ? null : text)}
          />
        </div>
        <p className="hint">
          {known === null && typed === null
            ? 'Put the key of your project in, and it is in the lines below. It may only send.'
            : 'May only send events: it is safe in a page.'}
        </p>
        <ol className="install-steps">
          {guide.steps({ captureUrl: site.addresses.capture_url, writeKey }).map((step) => (
            <li key={step.title}>
              <CodeBlock {...step} />
            </li>
          ))}
        </ol>
        {guide.note && <p className="hint">{guide.note}</p>}
      </Card>
      <Arrivals site={site} project={project} />
    </div>
  )
}
