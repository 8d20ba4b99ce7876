/**
 * A page that describes an API and calls it; our own, because the usual ones load their script from
 * the internet. Reads /openapi.json and gives every operation a form with its examples.
 */
export const docsPage = (title: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
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
<h1>${title}</h1>
<p id="about"></p>
<p>The whole description: <a href="/openapi.json">/openapi.json</a>.</p>
<p id="access" hidden><label><span>credential</span> <input id="credential" type="password" autocomplete="off"></label></p>
<main></main>
<script type="module">
const make = (tag, text, parent) => {
  const element = document.createElement(tag)
  element.textContent = text
  parent.append(element)
  return element
}
const valueOf = (schema = {}) => {
  if (schema.$ref) return valueOf(schema.$ref.split('/').slice(1).reduce((at, name) => at[name], api))
  if (schema.example !== undefined) return schema.example
  if (schema.examples) return schema.examples[0]
  if (schema.default !== undefined) return schema.default
  if (!schema.properties) return ''
  const needed = Object.entries(schema.properties).filter(([name]) => schema.required?.includes(name))
  return Object.fromEntries(needed.map(([name, property]) => [name, valueOf(property)]))
}
const api = await (await fetch('/openapi.json')).json()
document.querySelector('#about').textContent = api.info.description
document.querySelector('#access').hidden = !api.security
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
    input.placeholder = parameter.schema?.enum?.join(' | ') ?? String(valueOf(parameter.schema))
    input.dataset.in = parameter.in
    if (parameter.required) input.value = valueOf(parameter.schema)
    return input
  })
  const content = operation.requestBody?.content['application/json']
  const body = content && make('textarea', JSON.stringify(content.example ?? valueOf(content.schema), null, 2), section)
  const button = make('button', 'Run', section)
  const shown = make('pre', '', section)
  shown.hidden = true
  button.onclick = async () => {
    const given = (place) => inputs.filter((input) => input.dataset.in === place && input.value !== '').map((input) => [input.name, input.value])
    const filled = given('path').reduce((at, [name, value]) => at.replace('{' + name + '}', encodeURIComponent(value)), path)
    const query = String(new URLSearchParams(given('query')))
    const url = filled + (query && '?' + query)
    const credential = document.querySelector('#credential').value
    const headers = { ...Object.fromEntries(given('header')), ...(credential && { authorization: 'Bearer ' + credential }) }
    const init = body ? { method, body: body.value, headers: { ...headers, 'content-type': 'application/json' } } : { method, headers }
    shown.hidden = false
    shown.textContent = '…'
    try {
      const response = await fetch(url, init)
      const text = await response.text()
      const answer = text && JSON.stringify(JSON.parse(text), null, 2)
      shown.textContent = response.status + '  ' + method.toUpperCase() + ' ' + url + '\\n\\n' + answer
    } catch (error) {
      shown.textContent = String(error)
    }
  }
}
</script>
</html>
`
