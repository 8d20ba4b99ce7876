/** The parts of a runtime that no web standard has. */
interface Runtime {
  Deno?: { unrefTimer?(timer: unknown): void }
}

export type Timer = ReturnType<typeof setTimeout>

/** Calls back later, unless the process ends before: it does not wait for this. */
export function startTimer(work: () => void, delayMs: number): Timer {
  const timer = setTimeout(work, delayMs)
  // An object with `unref` in Node and Bun; a number in Deno, which has a call of its own, and in Workers.
  const { unref } = timer as unknown as { unref?(): void }
  if (unref) unref.call(timer)
  else (globalThis as Runtime).Deno?.unrefTimer?.(timer)
  return timer
}

/** True when the promise resolves in time. The process waits for it. */
export function within(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs)
    const settle = () => {
      clearTimeout(timer)
      resolve(true)
    }
    promise.then(settle, settle)
  })
}
