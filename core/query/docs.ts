import type { OpenAPIHono } from '@hono/zod-openapi'

export const OPENAPI_INFO = {
  openapi: '3.1.0',
  info: {
    title: 'Headwater query API',
    version: '1',
    description:
      'Questions about events. Every result says until when it is complete, how long the store took, and whether it was kept from before.',
  },
}

/** /openapi.json, and /docs: a page of our own, because the usual ones load their script from the internet. */
export function addDocs(app: OpenAPIHono): void {
  app.doc31('/openapi.json', OPENAPI_INFO)
  app.get('/docs', (c) => c.html(PAGE))
}

// Reads /openapi.json and gives every operation a form with its examples and a button that runs it.
const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Headwater query API</title>
<style>
  :root { color-scheme: light dark }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  section { border-top: 1px solid #8886; padding: 1rem 0 }
  h2 { font: 600 1rem ui-monospace, monospace; margin: 0 }
  label { display: block; margin: .4rem 0 }
  label span { display: inline-block; min-width: 11rem; font-family: ui-monospace, monospace }
  input { width: 24rem; max-width: 100%; font: inherit }
  textarea { width: 100%; min-height: 12rem; font: 13px ui-monospace, monospace }
  pre { background: #8881; padding: .75rem; overflow: auto; max-height: 28rem }
  button { font: inherit; padding: .3rem 1rem }
</style>
<h1>Headwater query API</h1>
<p id="about"></p>
<p>The whole description: <a href="/openapi.json">/openapi.json</a>.</p>
<main></main>
<script type="module">
const make = (tag, text, parent) => {
  const element = document.createElement(tag)
  element.textContent = text
  parent.append(element)
  return element
}
const exampleOf = (schema) => {
  if (schema?.example !== undefined) return schema.example
  if (schema?.examples) return schema.examples[0]
  return ''
}
const api = await (await fetch('/openapi.json')).json()
document.querySelector('#about').textContent = api.info.description
for (const [path, methods] of Object.entries(api.paths)) {
  for (const [method, operation] of Object.entries(methods)) describe(path, method, operation)
}
function describe(path, method, operation) {
  const section = make('section', '', document.querySelector('main'))
  make('h2', method.toUpperCase() + ' ' + path, section)
  make('p', operation.summary, section)
  const inputs = (operation.parameters ?? []).map((parameter) => {
    const label = make('label', '', section)
    make('span', parameter.name + (parameter.required ? ' *' : ''), label)
    const input = make('input', '', label)
    input.name = parameter.name
    input.placeholder = parameter.schema?.enum?.join(' | ') ?? String(parameter.schema?.default ?? exampleOf(parameter.schema))
    if (parameter.required) input.value = exampleOf(parameter.schema)
    return input
  })
  const content = operation.requestBody?.content['application/json']
  const body = content && make('textarea', JSON.stringify(content.example, null, 2), section)
  const button = make('button', 'Run', section)
  const shown = make('pre', '', section)
  shown.hidden = true
  button.onclick = async () => {
    const given = inputs.filter((input) => input.value !== '').map((input) => [input.name, input.value])
    const url = path + (given.length ? '?' + new URLSearchParams(given) : '')
    const init = body ? { method, body: body.value, headers: { 'content-type': 'application/json' } } : { method }
    shown.hidden = false
    shown.textContent = '…'
    try {
      const response = await fetch(url, init)
      const answer = JSON.stringify(await response.json(), null, 2)
      shown.textContent = response.status + '  ' + method.toUpperCase() + ' ' + url + '\\n\\n' + answer
    } catch (error) {
      shown.textContent = String(error)
    }
  }
}
</script>
</html>
`
