// Kubernetes quantities as numbers: `250m`, `2Gi`, `1e3`.

const factors: Record<string, number> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** The number of a quantity; undefined for invalid text. */
export function quantity(text: string | undefined): number | undefined {
  const match = /^([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)(?:(e[+-]?\d+)|([a-zA-Z]{0,2}))$/.exec(text ?? '')
  if (match === null) return undefined
  const factor = factors[match[3] ?? '']
  return factor === undefined ? undefined : Number(`${match[1]}${match[2] ?? ''}`) * factor
}
