import { execFile } from 'node:child_process'

/** Runs a tool to its end; rejects with all that it printed when it fails. */
export function run([command = '', ...args]: string[], input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, (error, stdout) => {
      // The error's message has the other stream, and the command.
      if (error) reject(new Error(`${error.message}${stdout}`, { cause: error }))
      else resolve()
    })
    // It may end without reading: then how it ended says it all.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}
