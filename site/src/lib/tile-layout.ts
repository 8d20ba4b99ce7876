// Where tiles lie on a dashboard's grid. Tiles never lie on each other, and never float: each stands on
// the one above it, or at the top.

/** As the contract has it: its zod list would be shipped to browsers with it. */
export const COLUMNS = 12
const MAX_ROWS = 100
const MIN_WIDTH = 2
/** Of a new tile: half a row, and high enough for a chart. */
export const TILE_SIZE = { w: 6, h: 4 }

/** Column and row of the upper left corner, from 0, and how many of both a tile takes. */
export interface Place {
  x: number
  y: number
  w: number
  h: number
}

export const MOVES = ['left', 'right', 'up', 'down'] as const
export const SIZES = ['narrower', 'wider', 'shorter', 'taller'] as const
export type TileChange = (typeof MOVES)[number] | (typeof SIZES)[number]

/** Moves or resizes one tile; the others make room. Answers them in the order in which they are read. */
export function changeTile<Tile extends Place>(
  tiles: readonly Tile[],
  tile: Tile,
  change: TileChange,
): Tile[] {
  const others = tiles.filter((other) => other !== tile)
  const moved = { ...tile, ...changedPlace(tile, others, change) }
  return settleTiles([moved, ...others])
}

/** Puts one tile where the pointer wants it, as near as the grid allows; the others make room. */
export function placeTile<Tile extends Place>(
  tiles: readonly Tile[],
  tile: Tile,
  wanted: Place,
): Tile[] {
  const w = within(wanted.w, MIN_WIDTH, COLUMNS)
  const moved = {
    ...tile,
    // A tile that is made wider keeps its left edge.
    ...(wanted.w === tile.w
      ? { x: within(wanted.x, 0, COLUMNS - tile.w) }
      : { w: Math.min(w, COLUMNS - tile.x) }),
    y: Math.max(0, wanted.y),
    h: within(wanted.h, 1, MAX_ROWS),
  }
  return settleTiles([moved, ...tiles.filter((other) => other !== tile)])
}

/** Without one; those beneath it move up. */
export function removeTile<Tile extends Place>(tiles: readonly Tile[], tile: Tile): Tile[] {
  return settleTiles(tiles.filter((other) => other !== tile))
}

/** Where a new tile goes: beside the last one when there is room, else beneath all. */
export function nextPlace(tiles: readonly Place[], { w, h }: Pick<Place, 'w' | 'h'>): Place {
  const bottom = Math.max(0, ...tiles.map(bottomOf))
  const last = tiles.at(-1)
  const beside = last && { x: last.x + last.w, y: last.y, w, h }
  const fits = beside && beside.x + w <= COLUMNS && !tiles.some((tile) => overlaps(tile, beside))
  return fits ? beside : { x: 0, y: bottom, w, h }
}

/** Lets every tile fall up, in order of rows; of several in one row the first given comes first. */
export function settleTiles<Tile extends Place>(tiles: readonly Tile[]): Tile[] {
  const placed: Tile[] = []
  for (const tile of tiles.toSorted((a, b) => a.y - b.y)) {
    const above = placed.filter((other) => sharesColumns(other, tile))
    placed.push({ ...tile, y: Math.max(0, ...above.map(bottomOf)) })
  }
  return placed.sort((a, b) => a.y - b.y || a.x - b.x)
}

function changedPlace(tile: Place, others: readonly Place[], change: TileChange): Partial<Place> {
  switch (change) {
    case 'left':
      return { x: Math.max(0, tile.x - 1) }
    case 'right':
      return { x: Math.min(COLUMNS - tile.w, tile.x + 1) }
    case 'up': {
      const above = others.filter((other) => other.y < tile.y && sharesColumns(other, tile))
      return above.length === 0 ? {} : { y: Math.max(...above.map(({ y }) => y)) }
    }
    case 'down': {
      const below = others.filter((other) => other.y > tile.y && sharesColumns(other, tile))
      const next = below.toSorted((a, b) => a.y - b.y)[0]
      // Past its top edge is enough: it falls up, and this one comes to stand beneath it.
      return next ? { y: next.y + 1 } : {}
    }
    case 'narrower':
      return { w: Math.min(tile.w, Math.max(MIN_WIDTH, tile.w - 1)) }
    case 'wider':
      return tile.x + tile.w < COLUMNS
        ? { w: tile.w + 1 }
        : { x: Math.max(0, tile.x - 1), w: Math.min(COLUMNS, tile.w + 1) }
    case 'shorter':
      return { h: Math.max(1, tile.h - 1) }
    case 'taller':
      return { h: Math.min(MAX_ROWS, tile.h + 1) }
  }
}

const within = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, value))
const bottomOf = ({ y, h }: Place): number => y + h
const sharesColumns = (a: Place, b: Place): boolean => a.x < b.x + b.w && b.x < a.x + a.w
const overlaps = (a: Place, b: Place): boolean =>
  sharesColumns(a, b) && a.y < bottomOf(b) && b.y < bottomOf(a)
