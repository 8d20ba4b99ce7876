/**
 * The command, to be run so that the kernel ends it when we end, even when we are killed. With a
 * user, it runs as that one; for root only. Outside Linux the command is left as it is.
 */
export function tiedToUs(command: string[], user?: string): string[] {
  if (process.platform !== 'linux') return command
  return ['setpriv', ...(user ? asUser(user) : []), '--pdeathsig', 'KILL', '--', ...command]
}

// Root's right to pass any folder is kept: the user's own folder can be below one that is root's.
function asUser(user: string): string[] {
  const rights = ['inh', 'ambient'].map((set) => `--${set}-caps=-all,+dac_override`)
  return [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', ...rights]
}
