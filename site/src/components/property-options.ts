import type { PropertyNames } from '@headwater/schemas/insight'
import { createContext } from 'react'
import { KNOWN_PROPERTIES } from '../lib/choices.ts'
import { formatProperty } from '../lib/format.ts'

type Options = (readonly [string, string])[]

/** What the pickers of properties offer, on all of a page. */
export const PropertyOptions = createContext<Options>(propertyOptions(null))

/** The properties of the project as options; those the server writes until they are known. */
export function propertyOptions(names: PropertyNames | null): Options {
  const properties = names?.properties.map(({ property }) => property) ?? KNOWN_PROPERTIES
  return properties.map((name) => {
    const words = formatProperty(name)
    return [name, words === name ? name : `${words} (${name})`] as const
  })
}
