// The contrast of the report's colours in both themes.
import { describe, expect, test } from 'vitest'
import { style } from './style.ts'

/** Relative luminance of a colour. @source WCAG 2.2, relative luminance */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map(at => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map(part => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

/** The colours of each theme, by name: light first. */
const themes = style
  .split('color-scheme: dark')
  .slice(0, 2)
  .map(part =>
    Object.fromEntries(
      [...part.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)]
        .slice(0, 16)
        .map(([, name, colour]) => [name, colour ?? '']),
    ),
  )

describe.each([
  ['light', themes[0]!],
  ['dark', themes[1]!],
])('the %s colours', (_, colours) => {
  const pairs = [
    ...['ink', 'soft', 'good', 'bad', 'unknown', 'waived', 'quiet'].flatMap(text =>
      ['paper', 'panel'].map(ground => [text, ground] as const),
    ),
    ...['good', 'bad', 'unknown', 'waived', 'quiet'].map(tone => [tone, `${tone}-wash`] as const),
    ['ink', 'code'] as const,
  ]
  test('have a contrast of at least 4.5:1 for each text on its background', () => {
    expect(
      pairs.filter(
        ([text, ground]) => !(contrast(colours[text] ?? '', colours[ground] ?? '') >= 4.5),
      ),
    ).toEqual([])
  })
})
