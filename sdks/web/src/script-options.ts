/** `data-flush-at="5"` is the option `flushAt: 5`; an attribute without a value is true. */
export function optionsOf(data: DOMStringMap): Record<string, unknown> {
  const options: Record<string, unknown> = {}
  for (const name in data) {
    const text = data[name]
    options[name] = text === 'false' ? false : text === 'true' || !text || Number(text) || text
  }
  return options
}
