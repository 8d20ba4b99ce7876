/**
 * A real service as one process on loopback. Its data folder and its ports are its own, and stay the
 * same over any number of stops, kills and starts.
 */
export interface RealService {
  readonly name: string
  /** Undefined while it is not running. */
  readonly pid: number | undefined
  /** Where its output goes, of all its starts. */
  readonly logFile: string
  /** Resolves when the service answers. Rejects with the end of its log when it does not come up. */
  start(): Promise<void>
  /** SIGKILL to the whole service; resolves when it has ended. Does nothing when it has ended. */
  kill(): Promise<void>
  /** Sends a signal, such as SIGSTOP or SIGCONT, to the whole service. */
  signal(name: NodeJS.Signals): void
  /** Ends in order, by force when it takes too long; resolves when it has ended. */
  stop(): Promise<void>
}
