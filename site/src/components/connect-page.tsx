import { type FormEvent, useEffect, useRef, useState } from 'react'
import { type Fault, type FieldName, tryConnection } from '../lib/connect.ts'
import {
  type Connection,
  DEFAULT_PROJECT,
  loadAddresses,
  normalizeUrl,
  type SiteAddresses,
  savedConnection,
} from '../lib/connection.ts'
import type { Session } from '../lib/sign-in.ts'
import { SignedIn } from './signed-in.tsx'

/** First page of a newcomer: which Query API, which project. */
export function ConnectPage() {
  const [deployed, setDeployed] = useState<SiteAddresses | null>(null)
  useEffect(() => {
    void loadAddresses().then(setDeployed)
  }, [])
  // A form that can be sent before it is filled would connect to the wrong place.
  if (deployed === null) return null
  const start = savedConnection() ?? { url: deployed.query_url, project: DEFAULT_PROJECT }
  return <ConnectForm start={start} deployed={deployed} />
}

interface FormProps {
  start: Connection
  /** Where the services of this deployment answer. */
  deployed: SiteAddresses
}

function ConnectForm({ start, deployed }: FormProps) {
  const [url, setUrl] = useState(start.url)
  const [project, setProject] = useState(start.project)
  const [readKey, setReadKey] = useState(start.readKey ?? '')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [session, setSession] = useState<Session | null>(start.session ?? null)
  const [fault, setFault] = useState<Fault | null>(null)
  const [checking, setChecking] = useState(false)
  const fields = {
    url: useRef<HTMLInputElement>(null),
    project: useRef<HTMLInputElement>(null),
    readKey: useRef<HTMLInputElement>(null),
    email: useRef<HTMLInputElement>(null),
    password: useRef<HTMLInputElement>(null),
  }
  const address = normalizeUrl(url)
  // Passwords go to the auth API beside the Query API of this deployment, tokens where they are from.
  const mayEnter = address === deployed.query_url
  const entered = address === start.url ? session : null

  const connect = async (event: FormEvent) => {
    event.preventDefault()
    setFault(null)
    setChecking(true)
    const problem = await tryConnection({
      ...{ url, project: project.trim(), session: entered },
      readKey: readKey.trim(),
      account: mayEnter && email.trim() !== '' ? { email: email.trim(), password } : null,
      auth_url: deployed.auth_url,
    })
    if (!problem) return window.location.assign('/dashboard')
    setChecking(false)
    setFault(problem)
    fields[problem.field].current?.focus()
  }
  const input = (name: FieldName, value: string, set: (value: string) => void) => ({
    id: name,
    ref: fields[name],
    value,
    required: name === 'url' || name === 'project',
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
            This deployment's own is <code>{deployed.query_url}</code>.
          </FieldNote>
        </div>
        <div className="field">
          <label htmlFor="project">Project</label>
          <input type="text" {...input('project', project, setProject)} />
          <FieldNote name="project" fault={fault}>
            Project <code>default</code> exists from the start.
          </FieldNote>
        </div>
        {entered ? (
          <SignedIn session={entered} onSignedOut={() => setSession(null)} />
        ) : (
          <>
            {mayEnter && (
              <fieldset className="connect-account">
                <legend>Sign in</legend>
                <div className="field">
                  <label htmlFor="email">E-mail</label>
                  <input
                    type="email"
                    autoComplete="username"
                    {...input('email', email, setEmail)}
                  />
                  <FieldNote name="email" fault={fault}>
                    Only where the Query API wants to know who asks; not on your own machine.
                  </FieldNote>
                </div>
                <div className="field">
                  <label htmlFor="password">Password</label>
                  <input
                    type="password"
                    autoComplete="current-password"
                    {...input('password', password, setPassword)}
                  />
                  <FieldNote name="password" fault={fault}>
                    Goes to <code>{deployed.auth_url}</code> and is not kept.
                  </FieldNote>
                </div>
              </fieldset>
            )}
            <div className="field">
              <label htmlFor="readKey">Read key</label>
              <input
                type="password"
                autoComplete="off"
                {...input('readKey', readKey, setReadKey)}
              />
              <FieldNote name="readKey" fault={fault}>
                {mayEnter
                  ? 'In place of signing in: for screens on the wall.'
                  : 'Only where the Query API wants one.'}
              </FieldNote>
            </div>
          </>
        )}
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
