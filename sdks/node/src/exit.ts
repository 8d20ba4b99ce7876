/** The part of a server runtime's `process` that is used; Workers may not have it. */
interface Process {
  on?(event: 'beforeExit', listener: () => void): unknown
}

const onExit = new Set<() => void>()
let isListening = false

/**
 * Calls `work` each time that the process has nothing more to do and would end; what it starts is waited
 * for. Returns what takes it back. Not called after process.exit() and signals.
 */
export function beforeExit(work: () => void): () => void {
  onExit.add(work)
  // One listener for all clients: of more than ten Node warns.
  if (!isListening) {
    isListening = true
    const { process } = globalThis as { process?: Process }
    process?.on?.('beforeExit', () => {
      for (const each of onExit) each()
    })
  }
  return () => void onExit.delete(work)
}
