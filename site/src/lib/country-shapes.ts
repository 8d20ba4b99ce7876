import type { Feature, MultiPolygon, Polygon } from 'geojson'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import atlas from 'world-atlas/countries-110m.json' with { type: 'json' }
import { countryLetters } from './country-codes.ts'

// Natural Earth's countries at 1:110 million. Loaded where a map is drawn, and nowhere else.

/** A country as it is drawn. */
export interface CountryShape {
  type: 'Feature'
  geometry: Polygon | MultiPolygon
  properties: {
    /** Two letters, as `$country` has them; null of land that no code stands for. */
    country: string | null
    name: string
  }
}

/** Nobody sends events from there, and it would take a sixth of the picture. */
const ANTARCTICA = 'AQ'
/** Has letters, by common use, and no number. */
const KOSOVO = { name: 'Kosovo', letters: 'XK' }

function shapes(): CountryShape[] {
  const topology = atlas as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>
  const { features } = feature(topology, topology.objects.countries)
  return features
    .filter(isLand)
    .map(({ id, geometry, properties: { name } }) => ({
      type: 'Feature' as const,
      geometry,
      properties: { name, country: name === KOSOVO.name ? KOSOVO.letters : lettersOf(id) },
    }))
    .filter(({ properties }) => properties.country !== ANTARCTICA)
}

const lettersOf = (id: string | number | undefined) =>
  id === undefined ? null : countryLetters(String(id))

type Shape = Feature<Polygon | MultiPolygon, { name: string }>
const isLand = (shape: Feature<GeoJSON.Geometry, { name: string }>): shape is Shape =>
  shape.geometry.type === 'Polygon' || shape.geometry.type === 'MultiPolygon'

export const COUNTRY_SHAPES: readonly CountryShape[] = shapes()
