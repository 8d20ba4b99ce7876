import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from './evaluate.ts'
import { parseFormula } from './formula.ts'

const SERIES = [7, 3, 0.5, -2, 0]
const amountOf = (text: string) =>
  evaluate(parseFormula(text, SERIES.length, 'formulas.0'), (place) => SERIES[place] ?? null)

describe('formulas', () => {
  it.each([
    ['A', 7],
    ['a + b', 10],
    ['A - B - B', 1],
    ['A + B * 2', 13],
    ['(A + B) * 2', 20],
    ['A / B / 2', 7 / 6],
    ['A % B', 1],
    ['-A % B', -1],
    ['2 ** 3 ** 2', 512],
    ['-B ** 2', -9],
    ['(-B) ** 2', 9],
    ['2 ** -1', 0.5],
    ['A * -B', -21],
    ['--A', 7],
    ['A−B×2', 1],
    ['1.5 + .5 + 2.', 4],
    ['  A\t+\n1 ', 8],
  ])('reads %s as %d', (text, expected) => {
    expect(amountOf(text)).toBe(expected)
  })

  it.each(['A / E', 'A % E', 'E / E', 'D ** 0.5', '9 ** 999', '1 / (A - A) * 0'])(
    'has no value for %s',
    (text) => {
      expect(amountOf(text)).toBeNull()
    },
  )

  it('has no value when a part of it has none', () => {
    const formula = parseFormula('A * 0 + B', 2, 'formulas.0')
    expect(evaluate(formula, (place) => (place === 0 ? null : 1))).toBeNull()
  })

  it.each([
    ['A +', 4, 'ends too early'],
    ['   ', 4, 'ends too early'],
    ['A B', 3, '"B" is not expected'],
    ['A + F', 5, 'there is no series F, the last one is E'],
    ['(A + B', 7, '")" is missing'],
    ['(A + B C', 8, '")" is missing'],
    ['A + B)', 6, '")" is not expected'],
    ['A + * B', 5, '"*" is not expected'],
    ['A ^ 2', 3, '"^" is not a series'],
    ['A + rate', 5, '"r" is not a series'],
    ['2A', 2, '"A" is not expected'],
    ['1e5', 2, '"e" is not a series'],
    ['A; B', 2, '";" is not a series'],
    ['constructor', 1, '"c" is not a series'],
    ['A + 😀', 5, '"😀" is not a series'],
    ['('.repeat(60), 51, 'is nested too deeply'],
    ['-'.repeat(60), 51, 'is nested too deeply'],
  ])('refuses %s at position %d: %s', (text, position, problem) => {
    expect(() => amountOf(text)).toThrow(
      expect.objectContaining({
        code: 'invalid_query',
        field: 'formulas.0',
        message: expect.stringContaining(`at position ${position}, ${problem}`),
      }),
    )
  })

  it('agrees with the plain reading of random formulas, however they are spaced', () => {
    fc.assert(
      fc.property(tree, fc.boolean(), ({ text, value }, isSpaced) => {
        const written = isSpaced ? text.replaceAll(/([-+*/%()]+)/g, ' $1 ') : text
        const read = amountOf(written)
        if (!Number.isFinite(value)) expect(read).toBeNull()
        else expect(read).toBeCloseTo(value, 9)
      }),
      { numRuns: 2_000 },
    )
  })
})

interface Tree {
  text: string
  value: number
  /** How strongly its parts hold together. */
  strength: number
}

// Written with as few parentheses as the order of operations needs: were it read in another order, the
// value would differ. An unknown part makes the whole unknown, as NaN does.
const { tree } = fc.letrec<{ tree: Tree; leaf: Tree; deep: Tree }>((tie) => ({
  tree: fc.oneof({ depthSize: 'medium', withCrossShrink: true }, tie('leaf'), tie('deep')),
  leaf: fc.oneof(
    fc.nat(SERIES.length - 1).map((place) => ({
      text: String.fromCharCode(65 + place),
      value: SERIES[place] ?? 0,
      strength: 5,
    })),
    fc.constantFrom(0, 1, 2, 3.25, 10).map((value) => ({ text: `${value}`, value, strength: 5 })),
  ),
  deep: fc
    .tuple(fc.constantFrom('+', '-', '*', '/', '%', '**', 'minus'), tie('tree'), tie('tree'))
    .map(([sign, left, right]) => join(sign, left, right)),
}))

function join(sign: string, left: Tree, right: Tree): Tree {
  const within = ({ text, strength }: Tree, least: number) =>
    strength >= least ? text : `(${text})`
  const known = (value: number) => (Number.isFinite(value) ? value : Number.NaN)
  if (sign === 'minus') return { text: `-${within(left, 3)}`, value: -left.value, strength: 3 }
  if (sign === '**') {
    const value = known(left.value ** right.value)
    // NaN ** 0 is 1 to JavaScript.
    const isKnown = !Number.isNaN(left.value) && !Number.isNaN(right.value)
    return {
      text: `${within(left, 5)}**${within(right, 3)}`,
      value: isKnown ? value : Number.NaN,
      strength: 4,
    }
  }
  const strength = sign === '+' || sign === '-' ? 1 : 2
  const text = `${within(left, strength)}${sign}${within(right, strength + 1)}`
  const [a, b] = [left.value, right.value]
  const value = { '+': a + b, '-': a - b, '*': a * b, '/': a / b }[sign] ?? a % b
  return { text, value: known(value), strength }
}
