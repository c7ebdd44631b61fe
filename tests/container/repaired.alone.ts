// joelclaw's repaired manifests run: on a node of their own, their substitutes start and pass check
// without a waiver.
import { expect, test } from 'vitest'
import { holdfast, temporary } from '#tests/project/process.ts'
import { writeSubstitutes } from './substitutes.ts'

const surroundings = Object.fromEntries(
  ['HOLDFAST_NODE_IMAGE', 'TESTCONTAINERS_RYUK_DISABLED'].flatMap(name =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  ),
)

test('the repaired set starts and passes check', async () => {
  const folder = temporary()
  const ended = await holdfast(
    [
      'check',
      '--target',
      'container',
      '--cluster',
      writeSubstitutes(folder),
      '--reports',
      `${folder}/reports`,
    ],
    { env: surroundings },
  )
  expect({ code: ended.code, said: ended.stdout }).toEqual({
    code: 0,
    said: expect.stringMatching(/holds/) as string,
  })
})
