// Tables as Go's tabwriter aligns them.

/** Pads each column but the last to its widest cell plus `gap`, and at least to `least`. */
export function aligned(rows: readonly (readonly string[])[], gap: number, least = 0): string {
  const widths = rows[0]!.map((_, column) =>
    Math.max(least, ...rows.map(row => row[column]!.length + gap)),
  )
  const padded = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
      .join('')
  return rows.map(row => `${padded(row)}\n`).join('')
}
