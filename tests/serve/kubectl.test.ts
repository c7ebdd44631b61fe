// Runs a real kubectl against a served lab if HOLDFAST_KUBECTL=/path/to/kubectl is set.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServedLab } from '#lab/serve/index.ts'
import { commands } from './kubectl-commands.ts'
import { run, servedLab } from './stage.ts'

const kubectl = env['HOLDFAST_KUBECTL'] ?? ''

test('the list of commands is one of what operators do', () => {
  expect(commands.length).toBeGreaterThanOrEqual(60)
  const verbs = new Set(commands.map(({ line }) => line.split(' ')[0]))
  expect(
    [
      'get',
      'describe',
      'logs',
      'exec',
      'apply',
      'rollout',
      'scale',
      'drain',
      'cordon',
      'taint',
      'delete',
      'wait',
      'patch',
      'label',
      'top',
      'auth',
    ].filter(verb => !verbs.has(verb)),
  ).toEqual([])
})

// Prints the reason for the skip, so that nobody mistakes silence for success.
if (kubectl === '')
  process.stdout.write(
    `tests/serve/kubectl: ${commands.length} commands were not run, ` +
      'as HOLDFAST_KUBECTL names no kubectl. ' +
      'HOLDFAST_KUBECTL=$(command -v kubectl) npm test runs them.\n',
  )

describe.each(kubectl === '' ? [] : [kubectl])('%s', binary => {
  let served: ServedLab
  const home = mkdtempSync(join(tmpdir(), 'holdfast-kubectl-'))
  beforeAll(async () => {
    served = await servedLab({ speed: 10 })
  })
  afterAll(async () => {
    await served.stop()
    rmSync(home, { recursive: true, force: true })
  })

  test.each(commands.map((command, index) => ({ ...command, number: index + 1 })))(
    '$number: kubectl $line',
    async ({ line, code, out, err, stdin }) => {
      // A separate home, so that kubectl neither reads nor writes files of the person who runs
      // this.
      const ended = await run([binary, ...line.split(' ')], {
        environment: { KUBECONFIG: served.kubeconfig, HOME: home },
        ...(stdin === undefined ? {} : { stdin }),
      })
      expect(ended).toEqual({
        code,
        stdout: expect.stringMatching(out ?? /^/),
        stderr: expect.stringMatching(err ?? /^/),
      })
    },
  )
})
