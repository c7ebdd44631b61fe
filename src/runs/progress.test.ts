// The progress of a run: a line per step in a log, one changing line on a terminal.
import { expect, test } from 'vitest'
import { progressOn } from './progress.ts'

function told(changing: boolean, width = 30): string {
  let all = ''
  const progress = progressOn(
    text => {
      all += text
    },
    changing,
    width,
  )
  progress.step('drilling')
  progress.detail('prepare · the steady state holds')
  progress.done()
  return all.replaceAll('\r\u001B[2K', '⟲')
}

test('in a log: steps without details', () => {
  expect(told(false)).toBe('holdfast: drilling\n')
})

test('on a terminal: one line, never wider than the terminal, cleared at the end', () => {
  expect(told(true)).toBe('⟲… drilling⟲… drilling: prepare · the st…⟲')
  expect(told(true, 80)).toBe('⟲… drilling⟲… drilling: prepare · the steady state holds⟲')
})
