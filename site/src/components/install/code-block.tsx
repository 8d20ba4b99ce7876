import { useEffect, useState } from 'react'
import type { Step } from '../../lib/install-guides.ts'

const TOLD_MS = 2_000

/** Text to take elsewhere. */
export function CodeBlock({ title, code }: Step) {
  const [told, setTold] = useState('')
  useEffect(() => {
    if (told === '') return
    const timer = setTimeout(() => setTold(''), TOLD_MS)
    return () => clearTimeout(timer)
  }, [told])
  const copy = () =>
    navigator.clipboard.writeText(code).then(
      () => setTold('Copied'),
      // A browser may forbid it, and has none at all on plain http beyond this machine.
      () => setTold('Select the text and copy it'),
    )
  return (
    <div className="code-block">
      <header>
        <p>{title}</p>
        {'clipboard' in navigator && (
          <button type="button" className="quiet" onClick={copy}>
            {told || 'Copy'}
          </button>
        )}
      </header>
      <pre>
        <code>{code}</code>
      </pre>
      <span className="visually-hidden" role="status">
        {told}
      </span>
    </div>
  )
}
