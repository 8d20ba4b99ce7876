import type { Formula } from './formula.ts'

/** A formula's value; null when a part of it is unknown, or when it is no number, as in a division by zero. */
export function evaluate(
  formula: Formula,
  amountOf: (place: number) => number | null,
): number | null {
  if (formula.kind === 'number') return formula.value
  if (formula.kind === 'series') return amountOf(formula.place)
  if (formula.kind === 'minus') {
    const value = evaluate(formula.of, amountOf)
    return value === null ? null : 0 - value
  }
  const left = evaluate(formula.left, amountOf)
  const right = evaluate(formula.right, amountOf)
  if (left === null || right === null) return null
  const value = OPERATIONS[formula.sign](left, right)
  return Number.isFinite(value) ? value : null
}

const OPERATIONS = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '%': (a: number, b: number) => a % b,
  '**': (a: number, b: number) => a ** b,
}
