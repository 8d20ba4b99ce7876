/**
 * Runs parts in their order, up to `width` at a time, and writes what they print as if they ran one
 * after the other: of the part whose turn it is at once, of those beside it when their turn comes.
 * Rejects when one rejects.
 */
export async function runSideBySide<Part>(
  parts: readonly Part[],
  width: number,
  run: (part: Part, print: (text: string) => void) => Promise<void>,
  write: (text: string) => void,
): Promise<void> {
  const states = parts.map((part) => ({ part, held: '', ended: false }))
  const waiting = states.values()
  let turn = 0
  const passTurn = () => {
    for (; states[turn]?.ended; turn++) write(states[turn + 1]?.held ?? '')
  }
  const lane = async () => {
    for (const state of waiting) {
      await run(state.part, (text) => {
        if (state === states[turn]) write(text)
        else state.held += text
      })
      state.ended = true
      passTurn()
    }
  }
  await Promise.all(Array.from({ length: width }, lane))
}
