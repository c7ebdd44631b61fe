// Columns as the programs set them.

/**
 * Go's tabwriter: each column as wide as its widest cell plus `gap`, at least `least`; the last one
 * is not padded.
 */
export function aligned(rows: readonly (readonly string[])[], gap: number, least = 0): string {
  const widths = rows[0]!.map((_, column) =>
    Math.max(least, ...rows.map(row => row[column]!.length + gap)),
  )
  return rows
    .map(
      row =>
        `${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!))).join('')}\n`,
    )
    .join('')
}
