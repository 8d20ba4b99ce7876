// For tests: every operation of an API, with the examples of its description.

interface Parameter {
  name: string
  in: 'query' | 'path' | 'header'
  required?: boolean
  schema?: { example?: unknown; default?: unknown }
}
export interface Operation {
  method: string
  path: string
  parameters: Parameter[]
  bodies: object[]
}

// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document
type Document = any

export function operationsOf(document: Document): Operation[] {
  return Object.entries<Document>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Document>(methods).map(([method, operation]) => {
      const content = operation.requestBody?.content?.['application/json']
      const parameters = operation.parameters ?? []
      return { method: method.toUpperCase(), path, parameters, bodies: bodiesOf(content, document) }
    }),
  )
}

/** The examples of a body; without one, what its schema's own examples make. */
function bodiesOf(content: Document, document: Document): object[] {
  if (!content) return []
  const examples = Object.values<{ value: object }>(content.examples ?? {}).map(
    ({ value }) => value,
  )
  if (content.example) examples.push(content.example)
  return examples.length > 0 ? examples : [madeOf(content.schema, document)]
}

function madeOf(schema: Document, document: Document): object {
  const name = schema.$ref?.split('/').at(-1)
  const { properties = {}, required = [] } = name ? document.components.schemas[name] : schema
  const known = Object.entries<Document>(properties).filter(
    ([, { example }]) => example !== undefined,
  )
  const made = Object.fromEntries(known.map(([key, { example }]) => [key, example]))
  return required.includes('project') ? { ...made, project: 'default' } : made
}
