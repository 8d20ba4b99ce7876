import { type FormEvent, useEffect, useRef, useState } from 'react'
import { httpQueryClient, QueryError } from '../lib/api.ts'
import {
  type Connection,
  DEFAULT_PROJECT,
  loadAddresses,
  normalizeUrl,
  saveConnection,
  savedConnection,
} from '../lib/connection.ts'

type FieldName = 'url' | 'project' | 'readKey'
/** What a header can carry. */
const READ_KEY = /^[\x21-\x7e]*$/
interface Fault {
  field: FieldName
  message: string
}

/** First page of a newcomer: which Query API, which project. */
export function ConnectPage() {
  const [deployed, setDeployed] = useState<string | null>(null)
  useEffect(() => {
    void loadAddresses().then(({ query_url }) => setDeployed(query_url))
  }, [])
  // A form that can be sent before it is filled would connect to the wrong place.
  if (deployed === null) return null
  const start = savedConnection() ?? { url: deployed, project: DEFAULT_PROJECT }
  return <ConnectForm start={start} deployed={deployed} />
}

interface FormProps {
  start: Connection
  /** Where the Query API of this deployment answers. */
  deployed: string
}

function ConnectForm({ start, deployed }: FormProps) {
  const [url, setUrl] = useState(start.url)
  const [project, setProject] = useState(start.project)
  const [readKey, setReadKey] = useState(start.readKey ?? '')
  const [fault, setFault] = useState<Fault | null>(null)
  const [checking, setChecking] = useState(false)
  const fields = {
    url: useRef<HTMLInputElement>(null),
    project: useRef<HTMLInputElement>(null),
    readKey: useRef<HTMLInputElement>(null),
  }

  const connect = async (event: FormEvent) => {
    event.preventDefault()
    setFault(null)
    setChecking(true)
    const problem = await tryConnection(url, project.trim(), readKey.trim())
    if (!problem) return window.location.assign('/dashboard')
    setChecking(false)
    setFault(problem)
    fields[problem.field].current?.focus()
  }
  const input = (name: FieldName, value: string, set: (value: string) => void) => ({
    id: name,
    ref: fields[name],
    value,
    required: name !== 'readKey',
    spellCheck: false,
    autoCapitalize: 'off',
    'aria-invalid': fault?.field === name,
    'aria-describedby': fault?.field === name ? `${name}-fault` : `${name}-hint`,
    onChange: (event: { target: { value: string } }) => {
      set(event.target.value)
    },
  })

  return (
    <section className="connect">
      <h1>Connect to Headwater</h1>
      <p className="lead">Say where your Query API answers and which project to look at.</p>
      <form onSubmit={connect} noValidate>
        <div className="field">
          <label htmlFor="url">Query API address</label>
          <input type="url" {...input('url', url, setUrl)} />
          <FieldNote name="url" fault={fault}>
            This deployment's own is <code>{deployed}</code>.
          </FieldNote>
        </div>
        <div className="field">
          <label htmlFor="project">Project</label>
          <input type="text" {...input('project', project, setProject)} />
          <FieldNote name="project" fault={fault}>
            Project <code>default</code> exists from the start.
          </FieldNote>
        </div>
        <div className="field">
          <label htmlFor="readKey">Read key</label>
          <input type="password" autoComplete="off" {...input('readKey', readKey, setReadKey)} />
          <FieldNote name="readKey" fault={fault}>
            Only where the Query API wants one; not on your own machine.
          </FieldNote>
        </div>
        <button type="submit" className="primary" disabled={checking}>
          {checking ? 'Checking …' : 'Connect & go to Dashboard'}
        </button>
        <p className="visually-hidden" role="status">
          {checking ? 'Checking the connection' : ''}
        </p>
      </form>
    </section>
  )
}

interface NoteProps {
  name: FieldName
  fault: Fault | null
  children: React.ReactNode
}

function FieldNote({ name, fault, children }: NoteProps) {
  if (fault?.field !== name) {
    return (
      <p className="hint" id={`${name}-hint`}>
        {children}
      </p>
    )
  }
  return (
    <p className="fault" id={`${name}-fault`} role="alert">
      {fault.message}
    </p>
  )
}

/** The field of the form, by the one that the API names. */
const FAULTY: Partial<Record<string, FieldName>> = { project: 'project', authorization: 'readKey' }

// Asks before it remembers: a saved connection has worked once.
async function tryConnection(
  typedUrl: string,
  project: string,
  readKey: string,
): Promise<Fault | null> {
  const url = normalizeUrl(typedUrl)
  if (!url) return { field: 'url', message: `"${typedUrl}" is not an http or https address.` }
  if (project === '') return { field: 'project', message: 'Name the project, such as default.' }
  if (!READ_KEY.test(readKey)) {
    return { field: 'readKey', message: 'A read key is letters and digits, such as rk_….' }
  }
  const client = httpQueryClient(url, undefined, readKey || null)
  try {
    await client.check()
    await client.freshness(project)
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    return { field: FAULTY[error.field ?? ''] ?? 'url', message: error.message }
  }
  saveConnection({ url, project, ...(readKey && { readKey }) })
  return null
}
