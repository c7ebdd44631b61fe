// The tests on a real Colima report what they need, and break only a profile that a person has
// named.
import { expect, test } from 'vitest'
import { missing } from './needs.ts'

const all = { profile: 'rehearsal', root: false, has: () => true }

test('with everything there, nothing is missing', () => {
  expect(missing(all)).toEqual([])
})

test('each thing that is missing has its remedy', () => {
  expect(
    missing({ profile: undefined, root: true, has: program => program !== 'talosctl' }),
  ).toEqual([
    'HOLDFAST_COLIMA_PROFILE is not set: name a Colima profile that may be stopped, ' +
      'frozen and killed, e.g. HOLDFAST_COLIMA_PROFILE=rehearsal',
    'they run as root, as which Lima starts no virtual machine: ' +
      'run them as the user to whom the profile belongs',
    'talosctl is not on the PATH: install talosctl: its client alone is asked, no Talos is needed',
  ])
  expect(missing({ ...all, profile: '' })).toHaveLength(1)
})
